/**
 * Actions that wait a while before they happen, so that they can be undone. The wait ends early when the page goes
 * away: what the user asked for is then done at once rather than lost.
 */
import { useSyncExternalStore } from 'react'

export interface DeferredAction {
  /** What it acts on; lists leave out ids that are waiting. */
  readonly id: string
  /** What lists leave out meanwhile, where that is more than the id. */
  readonly hides?: readonly string[]
  /** Does it. `isLeaving`: the page is going away, so the request must outlive it. */
  readonly run: (isLeaving: boolean) => Promise<unknown>
  /** Called when `run` failed, after the id came back. */
  readonly onFailed: (error: unknown) => void
  /** Called when it was done or undone: the offer to undo has lapsed. */
  readonly onSettled: () => void
}

export interface Clock {
  readonly set: (callback: () => void, ms: number) => unknown
  readonly clear: (timer: never) => void
}

const systemClock: Clock = { set: (callback, ms) => setTimeout(callback, ms), clear: timer => clearTimeout(timer) }

export const undoMs = 8_000
/** One more and the oldest happens at once; as many offers as are shown at a time. */
export const deferredMax = 3

/** The ids that lists leave out: waiting, or being done right now. A new set on every change, for React. */
function createHiddenIds() {
  let ids: ReadonlySet<string> = new Set()
  const listeners = new Set<() => void>()
  return {
    current: () => ids,
    set({ id, hides = [id] }: DeferredAction, isHidden: boolean): void {
      const next = new Set(ids)
      for (const each of hides) {
        if (isHidden) next.add(each)
        else next.delete(each)
      }
      ids = next
      for (const listener of listeners) listener()
    },
    subscribe(listener: () => void): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** Makes a store of waiting actions; `clock` and `delayMs` are for tests. */
export function createDeferred(clock: Clock = systemClock, delayMs: number = undoMs) {
  const waiting = new Map<string, { action: DeferredAction; timer: unknown }>()
  const hidden = createHiddenIds()
  const startTimer = (id: string) => clock.set(() => void finish(id, false), delayMs)

  function take(id: string): DeferredAction | undefined {
    const entry = waiting.get(id)
    if (entry === undefined) return undefined
    clock.clear(entry.timer as never)
    waiting.delete(id)
    return entry.action
  }

  async function finish(id: string, isLeaving: boolean): Promise<void> {
    const action = take(id)
    if (action === undefined) return
    action.onSettled()
    try {
      await action.run(isLeaving)
      hidden.set(action, false)
    } catch (error) {
      hidden.set(action, false)
      action.onFailed(error)
    }
  }

  /** Brings the id back; false when it was too late. */
  function undo(id: string): boolean {
    const action = take(id)
    if (action === undefined) return false
    hidden.set(action, false)
    action.onSettled()
    return true
  }

  return {
    undo,
    /** Hides the id now and acts after the delay. */
    schedule(action: DeferredAction): void {
      const oldest = waiting.size >= deferredMax ? waiting.keys().next().value : undefined
      if (oldest !== undefined) void finish(oldest, false)
      waiting.set(action.id, { action, timer: startTimer(action.id) })
      hidden.set(action, true)
    },
    /** Stops the clock of one action while the user looks at its offer, and starts it anew afterwards. */
    hold(id: string, isHeld: boolean): void {
      const entry = waiting.get(id)
      if (entry === undefined) return
      clock.clear(entry.timer as never)
      if (!isHeld) entry.timer = startTimer(id)
    },
    /** Brings back what was scheduled last; false when nothing waits. */
    undoLast: (): boolean => undo([...waiting.keys()].at(-1) ?? ''),
    /** Does everything that waits, now. */
    flush(): void {
      for (const id of [...waiting.keys()]) void finish(id, true)
    },
    hiddenIds: hidden.current,
    subscribe: hidden.subscribe,
  }
}

export const deferred = createDeferred()
if (typeof window !== 'undefined') window.addEventListener('pagehide', () => deferred.flush())

/** The ids to leave out of lists. */
export function useHiddenIds(): ReadonlySet<string> {
  return useSyncExternalStore(deferred.subscribe, deferred.hiddenIds)
}

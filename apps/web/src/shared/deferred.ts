/**
 * Actions with a delay, so that they can be undone. When the page closes, the delay ends early: the action runs at once
 * instead of being lost.
 */
import { useSyncExternalStore } from 'react'

export interface DeferredAction {
  /** The object of the action; lists hide ids that are waiting. */
  readonly id: string
  /** The ids that lists hide meanwhile, if there are more than the one above. */
  readonly hides?: readonly string[]
  /** Runs the action. `isLeaving`: the page is closing, so the request must outlive it. */
  readonly run: (isLeaving: boolean) => Promise<unknown>
  /** Called when `run` failed, after the id is visible again. */
  readonly onFailed: (error: unknown) => void
  /** Called when the action has run or was undone: the offer to undo has expired. */
  readonly onSettled: () => void
}

export interface Clock {
  readonly set: (callback: () => void, ms: number) => unknown
  readonly clear: (timer: never) => void
}

const systemClock: Clock = { set: (callback, ms) => setTimeout(callback, ms), clear: timer => clearTimeout(timer) }

export const undoMs = 8_000
/** With one more than this, the oldest action runs at once; equals the number of offers on the screen. */
export const deferredMax = 3

/** The ids that lists hide: waiting, or running now. A new set on every change, for React. */
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

/** Creates a store of deferred actions; `clock` and `delayMs` are for tests. */
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

  /** Restores the id; false when it was too late. */
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
    /** Stops the delay of one action while the user looks at its offer, and restarts it afterwards. */
    hold(id: string, isHeld: boolean): void {
      const entry = waiting.get(id)
      if (entry === undefined) return
      clock.clear(entry.timer as never)
      if (!isHeld) entry.timer = startTimer(id)
    },
    /** Restores the id that was scheduled last; false when nothing waits. */
    undoLast: (): boolean => undo([...waiting.keys()].at(-1) ?? ''),
    /** Runs all waiting actions now. */
    flush(): void {
      for (const id of [...waiting.keys()]) void finish(id, true)
    },
    hiddenIds: hidden.current,
    subscribe: hidden.subscribe,
  }
}

export const deferred = createDeferred()
if (typeof window !== 'undefined') window.addEventListener('pagehide', () => deferred.flush())

/** The ids that lists hide. */
export function useHiddenIds(): ReadonlySet<string> {
  return useSyncExternalStore(deferred.subscribe, deferred.hiddenIds)
}

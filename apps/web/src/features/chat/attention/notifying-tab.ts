/**
 * Elects one tab of a browser to show notifications; no tab shows them while the user looks at one. The election uses
 * Web Locks, because a lock disappears with its tab, however the tab ends.
 */

const isLookedAt = () => document.visibilityState === 'visible' && document.hasFocus()

/** Holds a lock until `release`, even if it was not granted yet. */
function hold(name: string, mode: LockMode, onHeld: () => void = () => undefined): () => void {
  const { promise, resolve } = Promise.withResolvers<void>()
  const abort = new AbortController()
  const held = () => {
    onHeld()
    return promise
  }
  navigator.locks.request(name, { mode, signal: abort.signal }, held).catch(() => undefined)
  return () => {
    resolve()
    abort.abort()
  }
}

export interface NotifyingTab {
  readonly isMine: () => Promise<boolean>
  readonly stop: () => void
}

export function watchNotifyingTab(userId: string): NotifyingTab {
  const seen = `octet-chat-seen-${userId}`
  let isNotifyingTab = false
  let release: (() => void) | undefined
  const stopTelling = hold(`octet-chat-tell-${userId}`, 'exclusive', () => {
    isNotifyingTab = true
  })
  function look(): void {
    if (isLookedAt()) release ??= hold(seen, 'shared')
    else {
      release?.()
      release = undefined
    }
  }
  const abort = new AbortController()
  for (const sign of ['focus', 'blur'] as const) addEventListener(sign, look, { signal: abort.signal })
  document.addEventListener('visibilitychange', look, { signal: abort.signal })
  look()
  return {
    async isMine(): Promise<boolean> {
      if (!isNotifyingTab || isLookedAt()) return false
      const { held = [] } = await navigator.locks.query()
      return !held.some(({ name }) => name === seen)
    },
    stop(): void {
      abort.abort()
      release?.()
      stopTelling()
    },
  }
}

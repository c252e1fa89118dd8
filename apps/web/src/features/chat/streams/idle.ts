/** Whether the user is active in any tab of this browser. */
import { store, stored } from '../../../shared/storage.ts'

const idleAfterMs = 5 * 60_000
const lookEveryMs = 60_000
/** Activity is recorded at most this often. */
const noteEveryMs = 10_000
const key = 'chat.active-at'
const signs = ['pointerdown', 'pointermove', 'keydown', 'wheel'] as const

/** Reports idleness after five minutes without input, again every minute, and once when the user is back. */
export function watchIdle(notify: (isIdle: boolean) => void): { readonly stop: () => void } {
  let isIdle = false
  let notedMs = 0
  function note(): void {
    const now = Date.now()
    if (now - notedMs < noteEveryMs) return
    notedMs = now
    store(key, String(now))
    if (isIdle) notify(false)
    isIdle = false
  }
  function look(): void {
    const isActive = Date.now() - Number(stored(key) ?? 0) < idleAfterMs
    // The server treats a new connection as an active user, so idleness is reported again.
    if (!isActive) notify(true)
    else if (isIdle) notify(false)
    isIdle = !isActive
  }
  for (const sign of signs) addEventListener(sign, note, { passive: true })
  const timer = setInterval(look, lookEveryMs)
  note()
  return {
    stop(): void {
      clearInterval(timer)
      for (const sign of signs) removeEventListener(sign, note)
    },
  }
}

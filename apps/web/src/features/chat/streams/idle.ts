/** Whether somebody is at this browser, in whichever of its tabs. */
import { store, stored } from '../../../shared/storage.ts'

const idleAfterMs = 5 * 60_000
const lookEveryMs = 60_000
/** Activity is noted this often at most. */
const noteEveryMs = 10_000
const key = 'chat.active-at'
const signs = ['pointerdown', 'pointermove', 'keydown', 'wheel'] as const

/** Says when nothing was touched for five minutes, again every minute, and once when somebody is back. */
export function watchIdle(tell: (isIdle: boolean) => void): { readonly stop: () => void } {
  let isIdle = false
  let notedMs = 0
  function note(): void {
    const now = Date.now()
    if (now - notedMs < noteEveryMs) return
    notedMs = now
    store(key, String(now))
    if (isIdle) tell(false)
    isIdle = false
  }
  function look(): void {
    const isActive = Date.now() - Number(stored(key) ?? 0) < idleAfterMs
    // A connection that was opened anew counts as somebody being there: it is said again.
    if (!isActive) tell(true)
    else if (isIdle) tell(false)
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

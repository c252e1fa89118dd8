/** After a change of page the heading takes the focus, so that a screen reader says where one is. */
import type { AnyRouter } from '@tanstack/react-router'
import { headingId } from '../shared/ui/page.tsx'

/** How long to wait for the heading of a page whose code is still on its way. */
const patienceMs = 3_000
const acts = ['keydown', 'pointerdown'] as const

interface Patience {
  readonly untilMs: number
  /** Whether somebody went on by themselves: taking the focus from what they do now would undo their next key. */
  readonly isOver: () => boolean
}

function focusWhenThere(patience: Patience): void {
  if (patience.isOver()) return
  const heading = document.getElementById(headingId)
  if (heading !== null) {
    // A page that focuses one of its own fields has said where one is already.
    const main = document.getElementById('main')
    const isInside = document.activeElement !== main && main?.contains(document.activeElement)
    if (!isInside) heading.focus({ preventScroll: true })
    return
  }
  if (performance.now() < patience.untilMs) requestAnimationFrame(() => focusWhenThere(patience))
}

/** Not on the first page, where the browser's own announcement is enough; not when only filters changed. */
export function focusHeadingOnChange(router: AnyRouter): void {
  let actsSoFar = 0
  let actsAtStart = 0
  for (const act of acts) window.addEventListener(act, () => actsSoFar++, { capture: true, passive: true })
  router.subscribe('onBeforeNavigate', () => {
    actsAtStart = actsSoFar
  })
  router.subscribe('onResolved', ({ fromLocation, toLocation }) => {
    if (fromLocation === undefined || fromLocation.pathname === toLocation.pathname) return
    // The page counts as resolved when React is idle, which may be a few keys later.
    const actsThen = actsAtStart
    const isOver = () => actsSoFar !== actsThen
    requestAnimationFrame(() => focusWhenThere({ untilMs: performance.now() + patienceMs, isOver }))
  })
}

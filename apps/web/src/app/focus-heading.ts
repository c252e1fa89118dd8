/** Focuses the heading after a change of page, so that a screen reader announces the new page. */
import type { AnyRouter } from '@tanstack/react-router'
import { headingId } from '../shared/ui/page.tsx'

/** How long to wait for the heading of a page whose code is still loading. */
const patienceMs = 3_000
const acts = ['keydown', 'pointerdown'] as const

interface Patience {
  readonly untilMs: number
  /** Whether the user has moved on: taking the focus away then would lose the next keystroke. */
  readonly isOver: () => boolean
}

function focusWhenThere(patience: Patience): void {
  if (patience.isOver()) return
  const heading = document.getElementById(headingId)
  if (heading !== null) {
    // A page that focuses one of its own fields announces itself.
    const main = document.getElementById('main')
    const isInside = document.activeElement !== main && main?.contains(document.activeElement)
    if (!isInside) heading.focus({ preventScroll: true })
    return
  }
  if (performance.now() < patience.untilMs) requestAnimationFrame(() => focusWhenThere(patience))
}

/** Skips the first page, where the browser's own announcement is enough, and changes of filters alone. */
export function focusHeadingOnChange(router: AnyRouter): void {
  let actsSoFar = 0
  let actsAtStart = 0
  for (const act of acts) window.addEventListener(act, () => actsSoFar++, { capture: true, passive: true })
  router.subscribe('onBeforeNavigate', () => {
    actsAtStart = actsSoFar
  })
  router.subscribe('onResolved', ({ fromLocation, toLocation }) => {
    if (fromLocation === undefined || fromLocation.pathname === toLocation.pathname) return
    // The page counts as resolved when React is idle, which may be a few keystrokes later.
    const actsThen = actsAtStart
    const isOver = () => actsSoFar !== actsThen
    requestAnimationFrame(() => focusWhenThere({ untilMs: performance.now() + patienceMs, isOver }))
  })
}

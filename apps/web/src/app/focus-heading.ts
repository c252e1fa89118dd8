/** After a change of page the heading takes the focus, so that a screen reader says where one is. */
import type { AnyRouter } from '@tanstack/react-router'
import { headingId } from '../shared/ui/page.tsx'

/** How long to wait for the heading of a page whose code is still on its way. */
const patienceMs = 3_000

function focusWhenThere(untilMs: number): void {
  const heading = document.getElementById(headingId)
  if (heading !== null) {
    // A page that focuses one of its own fields has said where one is already.
    const main = document.getElementById('main')
    const isInside = document.activeElement !== main && main?.contains(document.activeElement)
    if (!isInside) heading.focus({ preventScroll: true })
    return
  }
  if (performance.now() < untilMs) requestAnimationFrame(() => focusWhenThere(untilMs))
}

/** Not on the first page, where the browser's own announcement is enough; not when only filters changed. */
export function focusHeadingOnChange(router: AnyRouter): void {
  router.subscribe('onResolved', ({ fromLocation, toLocation }) => {
    if (fromLocation === undefined || fromLocation.pathname === toLocation.pathname) return
    requestAnimationFrame(() => focusWhenThere(performance.now() + patienceMs))
  })
}

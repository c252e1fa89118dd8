/** How much is unread, as a number beside a name; loud when it is to oneself. */
import type { NavBadge } from '../app-entry.ts'
import classes from './count-badge.module.css'

export function CountBadge({ badge }: { badge: NavBadge }) {
  return (
    <span className={classes.badge} data-loud={badge.isLoud || undefined}>
      <span aria-hidden="true">{badge.text}</span>
      <span className="visually-hidden">{badge.label}</span>
    </span>
  )
}

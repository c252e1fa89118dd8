/** The number of unread items beside a name; prominent when they are addressed to the user. */
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

/** How much of a room is unread; loud when one is named in it or somebody writes to one alone. */
import type { Room } from '@octet/contracts'
import { useT } from '../../shared/i18n.tsx'
import { badgeOf } from './badge.ts'
import classes from './rooms.module.css'

export function UnreadBadge({ room }: { room: Room }) {
  const t = useT()
  const badge = badgeOf(room, t)
  if (badge === undefined) return null
  return (
    <span className={classes.badge} data-loud={badge.isLoud || undefined}>
      <span aria-hidden="true">{badge.text}</span>
      <span className="visually-hidden">{badge.label}</span>
    </span>
  )
}

/** The unread count of a room; prominent for mentions and direct messages. */
import type { Room } from '@octet/contracts/chat'
import { useT } from '../../../shared/i18n.tsx'
import { CountBadge } from '../../../shared/ui/count-badge.tsx'
import { badgeOf } from './badge.ts'

export function UnreadBadge({ room }: { room: Room }) {
  const badge = badgeOf(room, useT())
  return badge === undefined ? null : <CountBadge badge={badge} />
}

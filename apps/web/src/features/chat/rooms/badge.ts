/** The badge of a room. */
import type { Room } from '@octet/contracts/chat'
import type { NavBadge } from '../../../shared/app-entry.ts'
import type { Translate } from '../../../shared/i18n.tsx'
import { unreadMax } from './room-list.ts'

export function badgeOf({ membership, kind }: Room, t: Translate): NavBadge | undefined {
  if (membership === null || membership.unread === 0) return undefined
  const { unread, mentions, notify } = membership
  // A muted room shows no badge, except for mentions.
  if (notify === 'nothing' && mentions === 0) return undefined
  const text = unread >= unreadMax ? `${unreadMax - 1}+` : String(unread)
  const isLoud = mentions > 0 || (kind === 'direct' && notify !== 'nothing')
  const label = mentions > 0 ? t('chat.badge-mentions', { n: unread, mentions }) : t('chat.badge', { n: unread })
  return { text: mentions > 0 ? `@${text}` : text, label, isLoud }
}

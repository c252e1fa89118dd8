/** The rules of notifications and unread counts. Pure functions. */
import type { Room } from '@octet/contracts/chat'
import type { RoomEvent } from '../streams/room-log.ts'

type Message = RoomEvent & { readonly type: 'message' }

/** Messages older than this do not notify: after a sleep or an outage the badges show them. */
const newsMs = 60_000

/** The choices for the duration of do-not-disturb. */
export function isQuiet(until: string | null | undefined, nowMs: number): boolean {
  return until != null && Date.parse(until) > nowMs
}

function waitingIn({ membership }: Room): number {
  if (membership === null || membership.notify === 'nothing') return 0
  return membership.notify === 'mentions' ? membership.mentions : membership.unread
}

/** The number of unread messages in rooms that may notify. */
export function waitingCount(rooms: readonly Room[]): number {
  return rooms.reduce((sum, room) => sum + waitingIn(room), 0)
}

/** Whether a new message is addressed to this user: a direct message, or a mention. */
export function isForMe({ kind, membership }: Room, event: Message, userId: string, nowMs: number): boolean {
  if (membership === null || membership.notify === 'nothing' || event.from === userId) return false
  if (event.seq <= membership.readSeq || nowMs - Date.parse(event.at) > newsMs) return false
  const isNamed = event.body.mentions.includes(userId)
  return isNamed || (kind === 'direct' && membership.notify === 'all')
}

/** What may call for somebody's attention. Pure. */
import type { Room } from '@octet/contracts/chat'
import type { RoomEvent } from '../streams/room-log.ts'

type Message = RoomEvent & { readonly type: 'message' }

/** What is older than this has been caught up on after a sleep or an outage: the badges tell of it. */
const newsMs = 60_000

/** Do not disturb, as it was set for a while. */
export function isQuiet(until: string | null | undefined, nowMs: number): boolean {
  return until != null && Date.parse(until) > nowMs
}

function waitingIn({ membership }: Room): number {
  if (membership === null || membership.notify === 'nothing') return 0
  return membership.notify === 'mentions' ? membership.mentions : membership.unread
}

/** Messages to read in the rooms that may tell of them. */
export function waitingCount(rooms: readonly Room[]): number {
  return rooms.reduce((sum, room) => sum + waitingIn(room), 0)
}

/** Whether a new message is for this person more than for anybody: to them directly, or it names them. */
export function isForMe({ kind, membership }: Room, event: Message, userId: string, nowMs: number): boolean {
  if (membership === null || membership.notify === 'nothing' || event.from === userId) return false
  if (event.seq <= membership.readSeq || nowMs - Date.parse(event.at) > newsMs) return false
  const isNamed = event.body.mentions.includes(userId)
  return isNamed || (kind === 'direct' && membership.notify === 'all')
}

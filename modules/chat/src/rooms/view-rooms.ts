/** The public shape of rooms, members and messages. */

import { requireUser } from '@octet/contracts'
import type { Room } from '@octet/contracts/chat'
import type { ChatContext } from '../context.ts'
import { findPeople, personOrPlaceholder } from './find-people.ts'
import * as memberStore from './member-store.ts'
import type { SeenRoom } from './store.ts'

/** Rooms as the caller sees them. Must not run inside a transaction. */
export async function viewRooms(ctx: ChatContext, rooms: readonly SeenRoom[]): Promise<Room[]> {
  const { userId } = requireUser(ctx.actor)
  const directs = rooms.filter(({ kind }) => kind === 'direct').map(({ id }) => id)
  const others = directs.length === 0 ? [] : await memberStore.otherMembers(ctx.db, directs, userId)
  const people = await findPeople(
    ctx,
    others.map(({ user_id }) => user_id),
  )
  return rooms.map(room => ({
    id: room.id,
    kind: room.kind,
    visibility: room.visibility,
    name: room.name,
    topic: room.topic,
    memberCount: room.member_count,
    isEncrypted: room.is_encrypted,
    isExample: room.is_example,
    createdAt: room.created_at,
    lastMessageAt: room.last_message_at,
    headSeq: room.head_seq,
    version: room.version,
    membership: membershipOf(room),
    people: others
      .filter(({ room_id }) => room_id === room.id)
      .map(({ user_id }) => personOrPlaceholder(people, user_id)),
  }))
}

function membershipOf(room: SeenRoom): Room['membership'] {
  const { role, joined_at: joinedAt, notify, read_seq: readSeq } = room
  if (role === null || joinedAt === null || notify === null || readSeq === null) return null
  return {
    role,
    joinedAt,
    notify,
    mutedUntil: room.muted_until,
    readSeq,
    unread: room.unread,
    mentions: room.unread_mentions,
  }
}

/** One room; see {@link viewRooms}. */
export async function viewRoom(ctx: ChatContext, room: SeenRoom): Promise<Room> {
  const [view] = await viewRooms(ctx, [room])
  if (view === undefined) throw new Error('a room without a view')
  return view
}

/** How rooms, members and messages look from outside. */
import type { Cursor, Message, Output, Room } from '@octet/contracts'
import { type identity, requireUser } from '@octet/contracts'
import type { ChatContext } from '../context.ts'
import type { MessageRow } from '../messages/store.ts'
import type { CursorRow } from './member-store.ts'
import * as memberStore from './member-store.ts'
import type { SeenRoom } from './store.ts'

export type Person = Output<typeof identity, 'getUsers'>['users'][number]

const peoplePerCall = 100

/** Public profiles by id. Whoever is not among them has left Octet. */
export async function peopleOf(ctx: ChatContext, userIds: Iterable<string>): Promise<Map<string, Person>> {
  const ids = [...new Set(userIds)]
  const people = new Map<string, Person>()
  for (let at = 0; at < ids.length; at += peoplePerCall) {
    const { users } = await ctx.calls.identity.getUsers({ ids: ids.slice(at, at + peoplePerCall) })
    for (const { id, username, displayName } of users) people.set(id, { id, username, displayName })
  }
  return people
}

/** Somebody whose account is no longer there. */
export function personOrNobody(people: ReadonlyMap<string, Person>, id: string): Person {
  return people.get(id) ?? { id, username: '', displayName: '' }
}

/** Rooms as the caller sees them; must not be called inside a transaction. */
export async function viewRooms(ctx: ChatContext, rooms: readonly SeenRoom[]): Promise<Room[]> {
  const { userId } = requireUser(ctx.actor)
  const directs = rooms.filter(({ kind }) => kind === 'direct').map(({ id }) => id)
  const others = directs.length === 0 ? [] : await memberStore.otherMembers(ctx.db, directs, userId)
  const people = await peopleOf(
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
    people: others.filter(({ room_id }) => room_id === room.id).map(({ user_id }) => personOrNobody(people, user_id)),
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

/** A message as it is shown. */
export function messageOf(row: MessageRow): Message {
  return {
    id: row.id,
    roomId: row.room_id,
    seq: row.seq,
    authorId: row.author_id,
    cmid: row.cmid,
    body: row.body,
    createdAt: row.created_at,
    editedAt: row.edited_at,
    deletedAt: row.deleted_at,
    replyToId: row.reply_to_id,
    threadId: row.thread_id,
    replyCount: row.reply_count,
    lastReplyAt: row.last_reply_at,
    mentions: [...row.mentions],
    reactions: row.reactions.map(({ emoji, count, userIds }) => ({ emoji, count, userIds: [...userIds] })),
    isPinned: row.pinned_at !== null,
    files: row.files.map(file => ({ ...file })),
    preview: row.preview,
  }
}

/** A member's cursors as they are shown. */
export function cursorOf({ user_id, delivered_seq, read_seq }: CursorRow): Cursor {
  return { userId: user_id, deliveredSeq: delivered_seq, readSeq: read_seq }
}

/** The only way to obtain a room for a caller: each function checks one right. */
import { commonProblem, requireUser } from '@octet/contracts'
import type { MemberRole } from '@octet/contracts/chat'
import type { Tx } from '@octet/db'
import { type ChatContext, problem } from '../context.ts'
import * as memberStore from './member-store.ts'
import { isAtLeast, roomRate } from './rules.ts'
import * as roomStore from './store.ts'

/**
 * A public room or one the caller is in. Throws `not-found` alike for unknown rooms and for private rooms of others.
 */
export async function accessRoom(ctx: ChatContext, id: string): Promise<roomStore.SeenRoom> {
  return visible(await roomStore.findRoom(ctx.db, id, requireUser(ctx.actor).userId))
}

function visible<R extends roomStore.PlacedRoom>(room: R | undefined): R {
  if (room === undefined || (room.role === null && room.visibility !== 'public')) throw commonProblem('not-found')
  return room
}

/** Admits readers: members. Throws `not-a-member` for public rooms they have not joined, else `not-found`. */
export async function accessAsReader(ctx: ChatContext, id: string): Promise<roomStore.PlacedRoom> {
  const room = visible(await roomStore.findPlace(ctx.db, id, requireUser(ctx.actor).userId))
  if (room.role === null) throw problem('not-a-member')
  return room
}

export interface InRoom {
  readonly room: roomStore.RoomRow
  readonly member: memberStore.MemberRow
  readonly userId: string
}

/**
 * Locks the room until the transaction ends and returns it with the caller's membership. Decisions made on it cannot be
 * overtaken: a member who is removed concurrently has either acted before or cannot act any more.
 */
export async function lockAsMember(ctx: ChatContext, tx: Tx, roomId: string): Promise<InRoom> {
  const { userId } = requireUser(ctx.actor)
  // Pipelined. The second statement runs once the first holds the lock, so it sees everything committed before.
  const [room, member] = await Promise.all([roomStore.lockRoom(tx, roomId), memberStore.findMember(tx, roomId, userId)])
  if (room === undefined) throw commonProblem('not-found')
  if (member !== undefined) return { room, member, userId }
  throw room.visibility === 'public' ? problem('not-a-member') : commonProblem('not-found')
}

/**
 * As {@link lockAsMember}, for callers who may write. Throws `muted` with the time it ends, and `rate-limited` when the
 * room takes more messages than people can read. Only members count, so outsiders cannot use up the allowance.
 */
export async function lockAsSpeaker(ctx: ChatContext, tx: Tx, roomId: string): Promise<InRoom> {
  const found = await lockAsMember(ctx, tx, roomId)
  const until = found.member.muted_until
  if (until !== null && Date.parse(until) > ctx.now())
    throw problem('muted', { detail: `You are muted until ${until}.` })
  // Redis is asked under the room lock. It takes less than a millisecond; a hanging Redis costs 50 ms once a second.
  const { allowed, resetMs } = await ctx.limiter.takeShared({ key: `chat.room ${roomId}`, ...roomRate })
  if (!allowed) throw commonProblem('rate-limited', { retryAfterMs: Math.ceil(resetMs) })
  return found
}

/** As {@link lockAsMember}, for moderators and owners of a channel. Throws `role-too-low`, `not-in-direct`. */
export async function lockAsGovernor(
  ctx: ChatContext,
  tx: Tx,
  roomId: string,
  wanted: MemberRole = 'moderator',
): Promise<InRoom> {
  const found = await lockAsMember(ctx, tx, roomId)
  if (found.room.kind === 'direct') throw problem('not-in-direct')
  if (!isAtLeast(found.member.role, wanted)) throw problem('role-too-low')
  return found
}

/** Admits moderators and owners to what only they may read. */
export async function accessAsGovernor(ctx: ChatContext, id: string): Promise<roomStore.PlacedRoom> {
  const room = await accessAsReader(ctx, id)
  if (room.kind === 'direct') throw problem('not-in-direct')
  if (room.role === null || !isAtLeast(room.role, 'moderator')) throw problem('role-too-low')
  return room
}

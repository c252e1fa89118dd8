/** The only way to a room or a message: through who may have it. */
import { commonProblem, requireUser } from '@octet/contracts'
import type { MemberRole } from '@octet/contracts/chat'
import type { Tx } from '@octet/db'
import { type ChatContext, problem } from '../context.ts'
import * as memberStore from './member-store.ts'
import { isAtLeast, roomRate } from './rules.ts'
import * as roomStore from './store.ts'

/** A room the caller is in, or a public one. Throws `not-found` alike for private rooms of others and for none. */
export async function accessRoom(ctx: ChatContext, id: string): Promise<roomStore.SeenRoom> {
  return visible(await roomStore.findRoom(ctx.db, id, requireUser(ctx.actor).userId))
}

function visible<R extends roomStore.PlacedRoom>(room: R | undefined): R {
  if (room === undefined || (room.role === null && room.visibility !== 'public')) throw commonProblem('not-found')
  return room
}

/** Lets members read. Throws `not-a-member` for public rooms they have not joined, `not-found` for all others. */
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
 * The room, held against every other change until the transaction ends, and the caller's place in it. What is decided
 * on it cannot be outrun: whoever is put out at this moment has either acted before or does not act any more.
 */
export async function lockAsMember(ctx: ChatContext, tx: Tx, roomId: string): Promise<InRoom> {
  const { userId } = requireUser(ctx.actor)
  // Sent together; the second is carried out when the first has the lock, and sees what was committed before that.
  const [room, member] = await Promise.all([roomStore.lockRoom(tx, roomId), memberStore.findMember(tx, roomId, userId)])
  if (room === undefined) throw commonProblem('not-found')
  if (member !== undefined) return { room, member, userId }
  throw room.visibility === 'public' ? problem('not-a-member') : commonProblem('not-found')
}

/**
 * The same for those who may speak. Throws `muted` with the time until they may again, and `rate-limited` while more is
 * said in the room than anybody could read; counted for members only, so that nobody else uses the room's allowance up.
 */
export async function lockAsSpeaker(ctx: ChatContext, tx: Tx, roomId: string): Promise<InRoom> {
  const found = await lockAsMember(ctx, tx, roomId)
  const until = found.member.muted_until
  if (until !== null && Date.parse(until) > ctx.now())
    throw problem('muted', { detail: `You are muted until ${until}.` })
  // Redis is asked while the room is held: less than a millisecond, and where it hangs 50 of them once a second.
  const { allowed, resetMs } = await ctx.limiter.takeShared({ key: `chat.room ${roomId}`, ...roomRate })
  if (!allowed) throw commonProblem('rate-limited', { retryAfterMs: Math.ceil(resetMs) })
  return found
}

/** The same for those who govern a channel. Throws `role-too-low`, and `not-in-direct` in direct conversations. */
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

/** Lets moderators read what only they may. */
export async function accessAsGovernor(ctx: ChatContext, id: string): Promise<roomStore.PlacedRoom> {
  const room = await accessAsReader(ctx, id)
  if (room.kind === 'direct') throw problem('not-in-direct')
  if (room.role === null || !isAtLeast(room.role, 'moderator')) throw problem('role-too-low')
  return room
}

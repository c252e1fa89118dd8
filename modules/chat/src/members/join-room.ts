import { type chat, type Input, type Room, requireUser } from '@octet/contracts'
import type { Tx } from '@octet/db'
import { type ChatContext, problem } from '../context.ts'
import { accessRoom } from '../rooms/access.ts'
import { enter } from '../rooms/enter.ts'
import * as memberStore from '../rooms/member-store.ts'
import { membersMax, tokenHash } from '../rooms/rules.ts'
import * as roomStore from '../rooms/store.ts'
import { viewRoom } from '../rooms/view-rooms.ts'

/** Joins a public room; who is in it already stays in it. Throws `banned`, `room-full`. */
export async function joinRoom(ctx: ChatContext, { id }: Input<typeof chat, 'joinRoom'>): Promise<Room> {
  await accessRoom(ctx, id)
  await ctx.db.transaction('chat.joinRoom', async tx => {
    await letIn(tx, { roomId: id, userId: requireUser(ctx.actor).userId, at: new Date(ctx.now()).toISOString() })
  })
  return viewRoom(ctx, await accessRoom(ctx, id))
}

/** Joins the room an invitation leads to. Throws `invitation-invalid`, `banned`, `room-full`. */
export async function acceptInvitation(
  ctx: ChatContext,
  { token }: Input<typeof chat, 'acceptInvitation'>,
): Promise<Room> {
  const { userId } = requireUser(ctx.actor)
  const at = new Date(ctx.now()).toISOString()
  const hash = tokenHash(token)
  const roomId = await memberStore.findInvitation(ctx.db, hash, at)
  if (roomId === undefined) throw problem('invitation-invalid')
  await ctx.db.transaction('chat.acceptInvitation', async tx => {
    const isNew = await letIn(tx, { roomId, userId, at })
    if (isNew && !(await memberStore.useInvitation(tx, hash, at))) throw problem('invitation-invalid')
  })
  return viewRoom(ctx, await accessRoom(ctx, roomId))
}

/** Throws `banned`, `room-full`. False when they are in already. */
export async function letIn(
  tx: Tx<typeof chat>,
  { roomId, userId, at }: { roomId: string; userId: string; at: string },
): Promise<boolean> {
  const room = await roomStore.lockRoom(tx, roomId)
  if (room === undefined) throw problem('invitation-invalid')
  if (await memberStore.isBanned(tx, roomId, userId)) throw problem('banned')
  const isIn = (await memberStore.findMember(tx, roomId, userId)) !== undefined
  if (!isIn && room.member_count >= membersMax) throw problem('room-full')
  return !isIn && (await enter(tx, { roomId, userId, role: 'member', at }))
}

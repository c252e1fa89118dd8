import { type Input, requireUser } from '@octet/contracts'
import type { chat, Room } from '@octet/contracts/chat'
import { type ChatContext, problem } from '../context.ts'
import { accessRoom } from '../rooms/access.ts'
import { viewRoom } from '../rooms/view-rooms.ts'
import * as invitationStore from './invitation-store.ts'
import { letIn } from './let-in.ts'
import { tokenHash } from './rules.ts'

/** Joins the room that an invitation leads to. Throws `invitation-invalid`, `banned`, `room-full`. */
export async function acceptInvitation(
  ctx: ChatContext,
  { token }: Input<typeof chat, 'acceptInvitation'>,
): Promise<Room> {
  const { userId } = requireUser(ctx.actor)
  const at = new Date(ctx.now()).toISOString()
  const hash = tokenHash(token)
  const roomId = await invitationStore.findInvitation(ctx.db, hash, at)
  if (roomId === undefined) throw problem('invitation-invalid')
  await ctx.db.transaction('chat.acceptInvitation', async tx => {
    const isNew = await letIn(tx, { roomId, userId, at })
    if (isNew && !(await invitationStore.useInvitation(tx, hash, at))) throw problem('invitation-invalid')
  })
  return viewRoom(ctx, await accessRoom(ctx, roomId))
}

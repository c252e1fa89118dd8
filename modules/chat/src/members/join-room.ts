import { type Input, requireUser } from '@octet/contracts'
import type { chat, Room } from '@octet/contracts/chat'
import type { ChatContext } from '../context.ts'
import { accessRoom } from '../rooms/access.ts'
import { viewRoom } from '../rooms/view-rooms.ts'
import { letIn } from './let-in.ts'

/** Joins a public room; does nothing for members. Throws `banned`, `room-full`. */
export async function joinRoom(ctx: ChatContext, { id }: Input<typeof chat, 'joinRoom'>): Promise<Room> {
  await accessRoom(ctx, id)
  await ctx.db.transaction('chat.joinRoom', async tx => {
    await letIn(tx, { roomId: id, userId: requireUser(ctx.actor).userId, at: new Date(ctx.now()).toISOString() })
  })
  return viewRoom(ctx, await accessRoom(ctx, id))
}

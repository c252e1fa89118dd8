import type { Input } from '@octet/contracts'
import type { chat } from '@octet/contracts/chat'
import type { ChatContext } from '../context.ts'
import { lockAsGovernor } from './access.ts'
import { recheckEphemeral } from './memberships.ts'
import { roomStream } from './rules.ts'
import * as roomStore from './store.ts'

/** Deletes a channel, its content and its stream. Throws `role-too-low`, `not-in-direct`. */
export async function deleteRoom(ctx: ChatContext, { id }: Input<typeof chat, 'deleteRoom'>): Promise<object> {
  await ctx.db.transaction('chat.deleteRoom', async tx => {
    const { userId } = await lockAsGovernor(ctx, tx, id, 'owner')
    await tx.append('room', id, { type: 'room-deleted', body: {}, from: userId })
    await roomStore.deleteRoom(tx, id, roomStream(id))
  })
  recheckEphemeral(ctx, id)
  return {}
}

import { type chat, commonProblem, type Input, type Room } from '@octet/contracts'
import { uniqueViolation } from '@octet/db'
import { accessRoom, lockAsGovernor } from './access.ts'
import { type ChatContext, problem } from './context.ts'
import { checkName } from './create-room.ts'
import * as memberStore from './member-store.ts'
import * as roomStore from './room-store.ts'
import { nameKey } from './rules.ts'
import { viewRoom } from './view-rooms.ts'

/**
 * Changes what the input names. Throws `room-name-taken`, `encrypted-rooms-are-private`, `role-too-low`,
 * `not-in-direct`, `version-mismatch`.
 */
export async function updateRoom(ctx: ChatContext, input: Input<typeof chat, 'updateRoom'>): Promise<Room> {
  await ctx.db
    .transaction('chat.updateRoom', async tx => {
      const { room, userId } = await lockAsGovernor(ctx, tx, input.id)
      if (ctx.request.ifMatch !== undefined && ctx.request.ifMatch !== room.version)
        throw commonProblem('version-mismatch')
      const name = input.name === undefined ? (room.name ?? '') : checkName(input.name)
      const { topic = room.topic, visibility = room.visibility } = input
      if (room.is_encrypted && visibility !== 'private') throw problem('encrypted-rooms-are-private')
      await roomStore.updateRoom(tx, room.id, { name, nameKey: nameKey(name), topic, visibility })
      const at = new Date(ctx.now()).toISOString()
      await memberStore.insertModeration(tx, { roomId: room.id, action: 'room-changed', actorId: userId, at })
      await tx.append('room', room.id, { type: 'room-changed', body: { name, topic, visibility }, from: userId })
    })
    .catch(error => {
      if (uniqueViolation(error) !== 'rooms_public_name') throw error
      throw problem('room-name-taken', { errors: [{ path: '/name', message: 'is taken' }] })
    })
  return viewRoom(ctx, await accessRoom(ctx, input.id))
}

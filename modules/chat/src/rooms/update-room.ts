import { commonProblem, type Input } from '@octet/contracts'
import type { chat, Room } from '@octet/contracts/chat'
import { uniqueViolation } from '@octet/db'
import { type ChatContext, problem } from '../context.ts'
import { accessRoom, lockAsGovernor } from './access.ts'
import { checkName } from './create-room.ts'
import * as moderationStore from './moderation-store.ts'
import { nameKey, oneLine } from './rules.ts'
import * as roomStore from './store.ts'
import { viewRoom } from './view-rooms.ts'

/**
 * Changes the given properties. Throws `room-name-taken`, `encrypted-rooms-are-private`, `role-too-low`,
 * `not-in-direct`, `version-mismatch`.
 */
export async function updateRoom(ctx: ChatContext, input: Input<typeof chat, 'updateRoom'>): Promise<Room> {
  await ctx.db
    .transaction('chat.updateRoom', async tx => {
      const { room, userId } = await lockAsGovernor(ctx, tx, input.id)
      if (ctx.request.ifMatch !== undefined && ctx.request.ifMatch !== room.version)
        throw commonProblem('version-mismatch')
      const name = input.name === undefined ? (room.name ?? '') : checkName(input.name)
      const { visibility = room.visibility } = input
      const topic = input.topic === undefined ? room.topic : oneLine(input.topic)
      if (room.is_encrypted && visibility !== 'private') throw problem('encrypted-rooms-are-private')
      await roomStore.updateRoom(tx, room.id, { name, nameKey: nameKey(name), topic, visibility })
      const at = new Date(ctx.now()).toISOString()
      const detail = changesOf(room, { name, topic, visibility })
      await moderationStore.insertModeration(tx, {
        roomId: room.id,
        action: 'room-changed',
        actorId: userId,
        detail,
        at,
      })
      await tx.append('room', room.id, { type: 'room-changed', body: { name, topic, visibility }, from: userId })
    })
    .catch(error => {
      if (uniqueViolation(error) !== 'rooms_public_name') throw error
      throw problem('room-name-taken', { errors: [{ path: '/name', message: 'is taken' }] })
    })
  return viewRoom(ctx, await accessRoom(ctx, input.id))
}

/** The changed properties, for the moderation log: `topic, visibility`. */
function changesOf(before: roomStore.RoomRow, after: Pick<roomStore.RoomRow, 'name' | 'topic' | 'visibility'>): string {
  const fields = ['name', 'topic', 'visibility'] as const
  return fields.filter(field => before[field] !== after[field]).join(', ')
}

import { commonProblem, type Input, requireUser } from '@octet/contracts'
import type { chat, Room } from '@octet/contracts/chat'
import { type ChatContext, problem } from '../context.ts'
import { addMembership } from './memberships.ts'
import { nameKey, normalName, oneLine } from './rules.ts'
import * as roomStore from './store.ts'
import { viewRoom } from './view-rooms.ts'

/** Creates a channel owned by the caller. Throws `room-name-taken`, `encrypted-rooms-are-private`. */
export async function createRoom(ctx: ChatContext, input: Input<typeof chat, 'createRoom'>): Promise<Room> {
  const { userId } = requireUser(ctx.actor)
  const isEncrypted = input.isEncrypted ?? false
  const visibility = input.visibility ?? (isEncrypted ? 'private' : 'public')
  if (isEncrypted && visibility !== 'private') throw problem('encrypted-rooms-are-private')
  const name = checkName(input.name)
  const at = new Date(ctx.now()).toISOString()
  const id = await ctx.once('chat.createRoom', async tx => {
    const created = await roomStore.insertRoom(tx, {
      kind: 'channel',
      visibility,
      name,
      nameKey: nameKey(name),
      topic: oneLine(input.topic ?? ''),
      directKey: null,
      isEncrypted,
      isExample: false,
      createdBy: userId,
      createdAt: at,
    })
    if (created === undefined) throw problem('room-name-taken', { errors: [{ path: '/name', message: 'is taken' }] })
    await addMembership(tx, { roomId: created, userId, role: 'owner', at })
    return created
  })
  const room = await roomStore.findRoom(ctx.db, id, userId)
  if (room === undefined) throw new Error(`room ${id} vanished`)
  return viewRoom(ctx, room)
}

/** The normalised name. Throws `validation-failed` when it has no visible character. */
export function checkName(name: string): string {
  const normal = normalName(name)
  if (normal !== '') return normal
  throw commonProblem('validation-failed', { errors: [{ path: '/name', message: 'has no visible character' }] })
}

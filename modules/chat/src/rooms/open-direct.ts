import { type Input, requireUser } from '@octet/contracts'
import type { chat, Room } from '@octet/contracts/chat'
import { type ChatContext, problem } from '../context.ts'
import { findPeople } from './find-people.ts'
import { addMembership } from './memberships.ts'
import { requireReachable } from './require-reachable.ts'
import { directKey } from './rules.ts'
import * as roomStore from './store.ts'
import { viewRoom } from './view-rooms.ts'

/**
 * Opens the conversation of the caller with these people. Each set of people has exactly one, however often it is
 * opened. Throws `person-not-reachable`.
 */
export async function openDirect(ctx: ChatContext, input: Input<typeof chat, 'openDirect'>): Promise<Room> {
  const { userId } = requireUser(ctx.actor)
  const others = [...new Set(input.userIds)].filter(id => id !== userId)
  if (others.length === 0) throw problem('person-not-reachable', { detail: 'Name another person.' })
  const people = await findPeople(ctx, others)
  if (others.some(id => !people.has(id))) throw problem('person-not-reachable')
  await requireReachable(ctx, others)
  const key = directKey([userId, ...others])
  const id = (await roomStore.findDirect(ctx.db, key)) ?? (await open(ctx, key, [userId, ...others]))
  const room = await roomStore.findRoom(ctx.db, id, userId)
  if (room === undefined) throw new Error(`conversation ${id} vanished`)
  return viewRoom(ctx, room)
}

function open(ctx: ChatContext, key: string, userIds: readonly string[]): Promise<string> {
  const at = new Date(ctx.now()).toISOString()
  return ctx.db.transaction('chat.openDirect', async tx => {
    const created = await roomStore.insertRoom(tx, {
      kind: 'direct',
      visibility: 'private',
      name: null,
      nameKey: null,
      topic: '',
      directKey: key,
      isEncrypted: false,
      isExample: false,
      createdBy: userIds[0] ?? null,
      createdAt: at,
    })
    // Another request opened it concurrently; use that one.
    const id = created ?? (await roomStore.findDirect(tx, key))
    if (id === undefined) throw new Error('a conversation is taken and not there')
    if (created !== undefined) {
      for (const userId of [...userIds].sort()) await addMembership(tx, { roomId: id, userId, role: 'member', at })
    }
    return id
  })
}

import type { chat } from '@octet/contracts/chat'
import { examplePeople } from '@octet/contracts/examples'
import type { identity } from '@octet/contracts/identity'
import { type EventData, newId, type Tx } from '@octet/db'
import type { ChatContext } from '../context.ts'
import { speak } from '../messages/send-message.ts'
import * as memberStore from '../rooms/member-store.ts'
import { addMembership } from '../rooms/memberships.ts'
import { directKey, roomStream } from '../rooms/rules.ts'
import * as roomStore from '../rooms/store.ts'
import { demoGreeting } from './demo-rooms.ts'
import * as exampleStore from './store.ts'

/**
 * On `identity.owner-created`: makes the first administrator owner of the example rooms and greets them, or deletes the
 * rooms.
 */
export async function takeOverExamples(
  ctx: ChatContext,
  tx: Tx<typeof chat>,
  { userId, examples }: EventData<typeof identity, 'owner-created'>,
): Promise<void> {
  const at = new Date(ctx.now()).toISOString()
  const roomIds = await exampleStore.exampleRooms(tx)
  for (const roomId of roomIds) {
    if ((await roomStore.lockRoom(tx, roomId)) === undefined) continue
    if (examples) await own(tx, { roomId, userId, at })
    else await remove(tx, roomId)
  }
  if (examples && roomIds.length > 0) await greet(tx, { userId, at })
}

async function own(tx: Tx<typeof chat>, { roomId, userId, at }: { roomId: string; userId: string; at: string }) {
  if (await addMembership(tx, { roomId, userId, role: 'owner', at })) return
  const member = await memberStore.findMember(tx, roomId, userId)
  if (member === undefined || member.role === 'owner') return
  await memberStore.updateMember(tx, member, { role: 'owner', mutedUntil: null })
  await tx.append('room', roomId, { type: 'member-changed', body: { userId, role: 'owner', isMuted: false } })
}

async function remove(tx: Tx<typeof chat>, roomId: string): Promise<void> {
  await tx.append('room', roomId, { type: 'room-deleted', body: {} })
  await roomStore.deleteRoom(tx, roomId, roomStream(roomId))
}

async function greet(tx: Tx<typeof chat>, { userId, at }: { userId: string; at: string }): Promise<void> {
  const { id: greeterId } = examplePeople.mira
  const roomId = await roomStore.insertRoom(tx, {
    kind: 'direct',
    visibility: 'private',
    name: null,
    nameKey: null,
    topic: '',
    directKey: directKey([userId, greeterId]),
    isEncrypted: false,
    isExample: true,
    createdBy: greeterId,
    createdAt: at,
  })
  if (roomId === undefined) return
  for (const person of [userId, greeterId].sort())
    await addMembership(tx, { roomId, userId: person, role: 'member', at })
  const room = await roomStore.lockRoom(tx, roomId)
  if (room === undefined) throw new Error('a room vanished in its own transaction')
  const id = newId()
  const nothing = { replyToId: null, threadId: null, fileIds: [], blockers: new Set<string>() }
  await speak(tx, { room, userId: greeterId }, { id, cmid: `example-${id}`, body: demoGreeting, ...nothing })
}

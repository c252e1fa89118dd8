/** Example rooms for a new installation, with a few days of conversation in them. */
import type { chat } from '@octet/contracts/chat'
import { type ExamplePerson, examplePeople } from '@octet/contracts/examples'
import { newId, type Tx } from '@octet/db'
import type { ChatContext } from './context.ts'
import { drawDemoPicture } from './examples/demo-picture.ts'
import { type DemoLine, type DemoRoom, demoRooms } from './examples/demo-rooms.ts'
import * as exampleStore from './examples/store.ts'
import * as fileStore from './files/store.ts'
import { storeBytes } from './files/store-bytes.ts'
import { announce } from './messages/edit-message.ts'
import { bodyHash } from './messages/rules.ts'
import { speak } from './messages/send-message.ts'
import * as messageStore from './messages/store.ts'
import { addMembership } from './rooms/memberships.ts'
import { nameKey, roomStream } from './rooms/rules.ts'
import * as roomStore from './rooms/store.ts'

const hourMs = 3_600_000
/** The rooms were opened this long before the first message. */
const openedHoursAgo = 74

/** Fills the example rooms. A room that exists, or whose name is taken, is left alone. */
export async function seedDemo(ctx: ChatContext): Promise<void> {
  for (const room of demoRooms) {
    await ctx.db.transaction('chat.seedDemo', async tx => {
      const roomId = await open(ctx, tx, room)
      if (roomId === undefined) return
      const said: Saying = { roomId, before: undefined, threadId: null }
      for (const line of room.lines) said.before = await say(ctx, tx, said, line)
      await exampleStore.retouchRoom(tx, roomId)
      await exampleStore.readToTheEnd(tx, roomId, roomStream(roomId), idsOf(room.members))
    })
  }
}

interface Saying {
  readonly roomId: string
  before: string | undefined
  readonly threadId: string | null
}

function timeOf({ now }: ChatContext, hoursAgo: number): string {
  return new Date(now() - hoursAgo * hourMs).toISOString()
}

function idsOf(people: readonly ExamplePerson[]): string[] {
  return people.map(person => examplePeople[person].id)
}

async function open(ctx: ChatContext, tx: Tx<typeof chat>, { name, topic, members }: DemoRoom) {
  const at = timeOf(ctx, openedHoursAgo)
  const [owner = '', ...others] = idsOf(members)
  const roomId = await roomStore.insertRoom(tx, {
    kind: 'channel',
    visibility: 'public',
    name,
    nameKey: nameKey(name),
    topic,
    directKey: null,
    isEncrypted: false,
    isExample: true,
    createdBy: owner,
    createdAt: at,
  })
  if (roomId === undefined) return undefined
  for (const userId of [owner, ...others]) {
    await addMembership(tx, { roomId, userId, role: userId === owner ? 'owner' : 'member', at })
    await exampleStore.backdate(tx, { stream: roomStream(roomId), at })
  }
  return roomId
}

/** Inserts one message and returns its id. Later changes to it are appended as for any message. */
async function say(ctx: ChatContext, tx: Tx<typeof chat>, { roomId, before, threadId }: Saying, line: DemoLine) {
  const room = await roomStore.lockRoom(tx, roomId)
  if (room === undefined) throw new Error('a room vanished in its own transaction')
  const [id, userId, at, stream] = [newId(), examplePeople[line.by].id, timeOf(ctx, line.hoursAgo), roomStream(roomId)]
  const cmid = `example-${id}`
  const replyToId = line.isReply === true ? (before ?? null) : null
  const fileIds = line.hasPicture === true ? [await drawPicture(ctx, tx, { roomId, ownerId: userId, at })] : []
  const said = { roomId, body: line.text, replyToId, threadId }
  await messageStore.claimCmid(tx, { authorId: userId, cmid, bodyHash: bodyHash(said), messageId: id })
  await speak(tx, { room, userId }, { ...said, id, cmid, fileIds, blockers: new Set() })
  await exampleStore.backdate(tx, { stream, messageId: id, at })
  for (const [emoji, people] of Object.entries(line.reactions ?? {})) {
    for (const reactor of idsOf(people)) await messageStore.addReaction(tx, { messageId: id, emoji, userId: reactor })
  }
  if (line.isPinned === true) await messageStore.setPinned(tx, id, at)
  if (line.isPinned === true || line.reactions !== undefined) {
    await announce(tx, { roomId, messageId: id })
    await exampleStore.backdate(tx, { stream, at })
  }
  for (const reply of line.thread ?? []) await say(ctx, tx, { roomId, before: undefined, threadId: id }, reply)
  return id
}

/** Stores the bytes before the row is committed. A process that dies in between leaves unreferenced bytes. */
async function drawPicture(
  ctx: ChatContext,
  tx: Tx<typeof chat>,
  { roomId, ownerId, at }: { roomId: string; ownerId: string; at: string },
): Promise<string> {
  const picture = drawDemoPicture()
  const file = { id: newId(), roomId, ownerId, name: 'evening-on-the-ridge.png' }
  await fileStore.insertFile(tx, { ...file, sizeBytes: picture.byteLength, at })
  const own = { db: tx, storage: ctx.storage, pictures: ctx.pictures }
  await storeBytes(own, { ...file, isEncrypted: false }, bytesOf(picture))
  return file.id
}

async function* bytesOf(bytes: Buffer): AsyncIterable<Uint8Array> {
  yield bytes
}

import { commonProblem, type Input, requireUser } from '@octet/contracts'
import type { chat, Message } from '@octet/contracts/chat'
import { newId, type Tx } from '@octet/db'
import { type ChatContext, problem } from '../context.ts'
import * as fileStore from '../files/store.ts'
import { fileOf } from '../files/upload-file.ts'
import { type InRoom, lockAsSpeaker } from '../rooms/access.ts'
import * as roomStore from '../rooms/store.ts'
import { liveMessage } from './access.ts'
import { findBlockers } from './find-blockers.ts'
import { mentionsOf, tellMentioned } from './mentions.ts'
import { bodyHash, isBlank } from './rules.ts'
import * as messageStore from './store.ts'
import { messageOf } from './view.ts'
import { wantPreview } from './want-preview.ts'

type Send = Input<typeof chat, 'sendMessage'>

/**
 * Says something. The answer comes after the commit: what was answered is kept. A repeat of the same `cmid` with the
 * same content answers as the first did, however late; with other content `cmid-reused`. Throws `muted`,
 * `message-gone` for a reply to what was deleted.
 */
export async function sendMessage(ctx: ChatContext, input: Send): Promise<Message> {
  const { roomId, cmid, body, replyToId = null, threadId = null, fileIds = [] } = input
  if (isBlank(body) && fileIds.length === 0) throw empty()
  const deaf = await findBlockers(ctx, roomId, body)
  const { userId: authorId } = requireUser(ctx.actor)
  return ctx.once('chat.sendMessage', async tx => {
    const id = newId()
    const said = { roomId, body, replyToId, threadId, ...(fileIds.length === 0 ? {} : { fileIds }) }
    const hash = bodyHash(said)
    // Sent together, carried out in this order: each way there and back would hold the room's lock longer.
    const [found, before] = await Promise.all([
      lockAsSpeaker(ctx, tx, roomId),
      messageStore.claimCmid(tx, { authorId, cmid, bodyHash: hash, messageId: id }),
    ])
    if (before !== undefined) return repeated(tx, roomId, before, hash)
    await checkReferences(tx, input)
    const message = await speak(tx, found, { id, cmid, body, replyToId, threadId, fileIds, deaf })
    if (!found.room.is_encrypted) await wantPreview(ctx, tx, { roomId, messageId: id, body })
    return message
  })
}

/** Without visible words and without files there is nothing to say. */
export function empty() {
  return commonProblem('validation-failed', { errors: [{ path: '/body', message: 'is empty' }] })
}

async function repeated(
  tx: Tx<typeof chat>,
  roomId: string,
  before: { bodyHash: Buffer; messageId: string },
  hash: Buffer,
): Promise<Message> {
  if (!before.bodyHash.equals(hash)) throw problem('cmid-reused')
  const message = await messageStore.findMessage(tx, roomId, before.messageId)
  if (message === undefined) throw commonProblem('not-found')
  return messageOf(message)
}

/** Replies are to messages of the same room; a thread hangs on a message that is in none itself. */
async function checkReferences(tx: Tx<typeof chat>, { roomId, replyToId, threadId }: Send): Promise<void> {
  if (replyToId !== undefined) await liveMessage(tx, roomId, replyToId)
  if (threadId === undefined) return
  const root = await liveMessage(tx, roomId, threadId)
  if (root.thread_id !== null) {
    const errors = [{ path: '/threadId', message: 'is a message inside another thread' }]
    throw commonProblem('validation-failed', { errors })
  }
}

async function attach(
  tx: Tx<typeof chat>,
  given: { ids: readonly string[]; roomId: string; ownerId: string; messageId: string },
): Promise<Message['files']> {
  if (given.ids.length === 0) return []
  if ((await fileStore.attachFiles(tx, given)) !== given.ids.length) throw problem('file-not-there')
  return (await fileStore.filesOfMessage(tx, given.messageId)).map(fileOf)
}

interface Said {
  readonly id: string
  readonly cmid: string
  readonly body: string
  readonly replyToId: string | null
  readonly threadId: string | null
  readonly fileIds: readonly string[]
  /** Who has blocked the author. */
  readonly deaf: ReadonlySet<string>
}

/** The event takes the message's place in the room; the message and what hangs on it follow in the transaction. */
export async function speak(
  tx: Tx<typeof chat>,
  { room, userId }: Pick<InRoom, 'room' | 'userId'>,
  said: Said,
): Promise<Message> {
  const { id, cmid, body, replyToId, threadId, fileIds, deaf } = said
  const mentions = await mentionsOf(tx, { room, userId }, body, deaf)
  const files = await attach(tx, { ids: fileIds, roomId: room.id, ownerId: userId, messageId: id })
  const words = {
    ...{ id, roomId: room.id, cmid, body, editedAt: null, deletedAt: null, replyToId, threadId, replyCount: 0 },
    ...{ lastReplyAt: null, mentions, reactions: [], isPinned: false, files, preview: null },
  }
  const { event } = await tx.append('room', room.id, { type: 'message', body: words, from: userId, cmid })
  const message = { ...words, seq: event.seq, authorId: userId, createdAt: event.at }
  await Promise.all([
    messageStore.insertMessage(tx, { ...message, isSearchable: !room.is_encrypted }),
    roomStore.touchRoom(tx, room.id, event.at),
  ])
  await tellMentioned(tx, mentions, { roomId: room.id, messageId: id, userId })
  return message
}

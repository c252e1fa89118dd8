import { commonProblem, type Input, requireUser } from '@octet/contracts'
import type { chat, Message } from '@octet/contracts/chat'
import { newId, type Tx } from '@octet/db'
import { type ChatContext, problem } from '../context.ts'
import * as fileStore from '../files/store.ts'
import { fileOf } from '../files/view.ts'
import { type InRoom, lockAsSpeaker } from '../rooms/access.ts'
import * as memberStore from '../rooms/member-store.ts'
import * as roomStore from '../rooms/store.ts'
import { liveMessage } from './access.ts'
import { findBlockers } from './find-blockers.ts'
import { mentionsOf, notifyMentioned } from './mentions.ts'
import { requestPreview } from './request-preview.ts'
import { asSent, bodyHash, isBlank } from './rules.ts'
import * as messageStore from './store.ts'
import { messageOf } from './view.ts'

type Send = Input<typeof chat, 'sendMessage'>

/**
 * Sends a message. The answer follows the commit, so an acknowledged message is durable. A repeat of a `cmid` with the
 * same content gets the message as it is now, however late; with different content it throws `cmid-reused`. Throws
 * `muted`, and `message-gone` for a reply to a deleted message.
 */
export async function sendMessage(ctx: ChatContext, input: Send): Promise<Message> {
  const { roomId, cmid, body, replyToId = null, threadId = null, fileIds = [] } = input
  if (isBlank(body) && fileIds.length === 0) throw empty()
  const blockers = await findBlockers(ctx, roomId, body)
  const { userId: authorId } = requireUser(ctx.actor)
  const id = newId()
  const said = { roomId, body, replyToId, threadId, ...(fileIds.length === 0 ? {} : { fileIds }) }
  const send = { authorId, cmid, bodyHash: bodyHash(said), messageId: id }
  return ctx.once(
    'chat.sendMessage',
    async tx => {
      const found = await lockAsSpeaker(ctx, tx, roomId)
      await checkReferences(tx, input)
      const message = await speak(tx, found, { id, cmid, body, replyToId, threadId, fileIds, blockers })
      if (!found.room.is_encrypted) await requestPreview(ctx, tx, { roomId, messageId: id, body })
      return message
    },
    tx => recall(tx, roomId, send),
  )
}

/** A message needs visible text or a file. */
export function empty() {
  return commonProblem('validation-failed', { errors: [{ path: '/body', message: 'is empty' }] })
}

/**
 * The message that was sent under this cmid; for a new send it claims the cmid. An author who has left the room learns
 * that the message was sent, and nothing that others have added to it.
 */
async function recall(
  tx: Tx<typeof chat>,
  roomId: string,
  send: { authorId: string; cmid: string; bodyHash: Buffer; messageId: string },
): Promise<Message | undefined> {
  const before = await messageStore.claimCmid(tx, send)
  if (before === undefined) return undefined
  if (!before.bodyHash.equals(send.bodyHash)) throw problem('cmid-reused')
  const [message, member] = await Promise.all([
    messageStore.findMessage(tx, roomId, before.messageId),
    memberStore.findMember(tx, roomId, send.authorId),
  ])
  if (message === undefined) throw commonProblem('not-found')
  return member === undefined ? asSent(messageOf(message)) : messageOf(message)
}

/** A reply stays in its room. A thread starts at a message that is in no thread itself. */
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
  /** The people who have blocked the author. */
  readonly blockers: ReadonlySet<string>
}

/** The event takes the message's place in the room. The message and its attachments follow in the same transaction. */
export async function speak(
  tx: Tx<typeof chat>,
  { room, userId }: Pick<InRoom, 'room' | 'userId'>,
  said: Said,
): Promise<Message> {
  const { id, cmid, body, replyToId, threadId, fileIds, blockers } = said
  const mentions = await mentionsOf(tx, { room, userId }, body, blockers)
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
  await notifyMentioned(tx, mentions, { roomId: room.id, messageId: id, userId })
  return message
}

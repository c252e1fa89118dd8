/**
 * The sends of this browser that the server has not confirmed, and how the room shows them until then. Pure functions.
 */
import type { Message } from '@octet/contracts/chat'
import type { KeptSend } from '@octet/realtime-client'
import type { KnownMessage } from './room-log.ts'

/** A message that is being sent, or was refused. */
export interface Pending {
  readonly cmid: string
  readonly body: string
  readonly replyToId: string | null
  readonly threadId: string | null
  readonly fileCount: number
  readonly atMs: number
  /** Why the server refused it; absent while it is being sent. */
  readonly error?: unknown
}

const text = (value: unknown) => (typeof value === 'string' ? value : null)

/** The send as a message to show; undefined for commands of other kinds. */
export function pendingOf(send: KeptSend, error?: unknown): Pending | undefined {
  if (send.type !== 'message') return undefined
  const { body, replyToId, threadId, fileIds } = send.body
  const fileCount = Array.isArray(fileIds) ? fileIds.length : 0
  const pending = { cmid: send.cmid, body: text(body) ?? '', fileCount, atMs: send.atMs }
  const placed = { ...pending, replyToId: text(replyToId), threadId: text(threadId) }
  return error === undefined ? placed : { ...placed, error }
}

function reacted(reactions: Message['reactions'], emoji: string, userId: string, isOn: boolean): Message['reactions'] {
  const known = reactions.find(each => each.emoji === emoji)
  const has = known?.userIds.includes(userId) ?? false
  if (has === isOn) return reactions
  if (known === undefined) return [...reactions, { emoji, count: 1, userIds: [userId] }]
  const userIds = isOn ? [...known.userIds, userId] : known.userIds.filter(id => id !== userId)
  const count = known.count + (isOn ? 1 : -1)
  return reactions.map(each => (each === known ? { emoji, count, userIds } : each)).filter(each => each.count > 0)
}

function changed(message: KnownMessage, { type, body, atMs }: KeptSend, userId: string): KnownMessage {
  const at = new Date(atMs).toISOString()
  if (type === 'edit') return { ...message, body: text(body.body) ?? message.body, editedAt: at }
  if (type === 'delete') return { ...message, body: '', deletedAt: at, reactions: [], isPinned: false }
  const emoji = text(body.emoji)
  if (type !== 'react' || emoji === null) return message
  return { ...message, reactions: reacted(message.reactions, emoji, userId, body.on === true) }
}

/** The messages as they will be once all waiting commands have been executed. */
export function withWaiting(
  messages: readonly KnownMessage[],
  waiting: readonly KeptSend[],
  userId: string,
): readonly KnownMessage[] {
  const changes = Map.groupBy(waiting, send => text(send.body.messageId))
  return messages.map(message =>
    (changes.get(message.id) ?? []).reduce((current, send) => changed(current, send, userId), message),
  )
}

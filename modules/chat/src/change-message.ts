/** What may be done with a message once it is said. Every change is an event of the room, so nobody misses one. */
import { type chat, commonProblem, type Input, type Message } from '@octet/contracts'
import type { Tx } from '@octet/db'
import { liveMessage, lockAsGovernor, lockAsMember, lockAsSpeaker } from './access.ts'
import { type ChatContext, problem } from './context.ts'
import * as memberStore from './member-store.ts'
import * as messageStore from './message-store.ts'
import { isAtLeast, mentionedIn, pinsMax, reactionKindsMax, roomStream } from './rules.ts'
import { messageOf } from './views.ts'

/** Changes one's own message. Throws `not-yours`, `muted`, `message-gone`. */
export function editMessage(ctx: ChatContext, input: Input<typeof chat, 'editMessage'>): Promise<Message> {
  const { roomId, messageId, body } = input
  const at = new Date(ctx.now()).toISOString()
  return ctx.once('chat.editMessage', async tx => {
    const { room, userId } = await lockAsSpeaker(ctx, tx, roomId)
    const message = await liveMessage(tx, roomId, messageId)
    if (message.author_id !== userId) throw problem('not-yours')
    const named = room.is_encrypted ? [] : mentionedIn(body)
    const mentions = await memberStore.membersAmong(tx, roomId, named)
    await messageStore.changeBody(tx, messageId, { body, mentions, at })
    return announce(tx, { roomId, messageId, userId })
  })
}

/** Tells the room how the message stands now. */
async function announce(
  tx: Tx<typeof chat>,
  { roomId, messageId, userId }: { roomId: string; messageId: string; userId: string },
): Promise<Message> {
  const changed = await messageStore.findMessage(tx, roomId, messageId)
  if (changed === undefined) throw commonProblem('not-found')
  const body = messageOf(changed)
  await tx.append('room', roomId, { type: 'message-changed', body, from: userId })
  return body
}

/**
 * Takes a message back: its place in the room stays, its words go, also from the log. Done twice it is done once.
 * Throws `not-yours` unless the caller wrote it or moderates the room.
 */
export function deleteMessage(ctx: ChatContext, input: Input<typeof chat, 'deleteMessage'>): Promise<object> {
  const { roomId, messageId } = input
  const at = new Date(ctx.now()).toISOString()
  return ctx.once('chat.deleteMessage', async tx => {
    const { room, member, userId } = await lockAsMember(ctx, tx, roomId)
    const message = await messageStore.findMessage(tx, roomId, messageId)
    if (message === undefined) throw commonProblem('not-found')
    const isOwn = message.author_id === userId
    const mayModerate = room.kind === 'channel' && isAtLeast(member.role, 'moderator')
    if (!isOwn && !mayModerate) throw problem('not-yours')
    if (message.deleted_at !== null) return {}
    await messageStore.emptyMessage(tx, message, at)
    if (!isOwn) {
      await memberStore.insertModeration(tx, {
        roomId,
        action: 'message-deleted',
        actorId: userId,
        subjectId: message.author_id,
        messageId,
        at,
      })
    }
    await messageStore.emptyEvents(tx, roomStream(roomId), messageId)
    await tx.append('room', roomId, { type: 'message-deleted', body: { messageId }, from: userId })
    return {}
  })
}

/** Puts an emoji on a message or takes it away. Throws `too-many-reactions`, `muted`, `message-gone`. */
export function react(ctx: ChatContext, input: Input<typeof chat, 'react'>): Promise<Message> {
  const { roomId, messageId, emoji, on } = input
  return ctx.once('chat.react', async tx => {
    const { userId } = await lockAsSpeaker(ctx, tx, roomId)
    const message = await liveMessage(tx, roomId, messageId)
    const isNewKind = !message.reactions.some(reaction => reaction.emoji === emoji)
    if (on && isNewKind && message.reactions.length >= reactionKindsMax) throw problem('too-many-reactions')
    const changed = on
      ? await messageStore.addReaction(tx, { messageId, emoji, userId })
      : await messageStore.removeReaction(tx, { messageId, emoji, userId })
    return changed ? announce(tx, { roomId, messageId, userId }) : messageOf(message)
  })
}

/** Pins or unpins. Throws `too-many-pins`, `role-too-low`, `message-gone`. */
export function pinMessage(ctx: ChatContext, input: Input<typeof chat, 'pinMessage'>): Promise<Message> {
  const { roomId, messageId, on } = input
  const at = new Date(ctx.now()).toISOString()
  return ctx.db.transaction('chat.pinMessage', async tx => {
    const { room, userId } = await lockAsMember(ctx, tx, roomId)
    if (room.kind === 'channel') await lockAsGovernor(ctx, tx, roomId)
    const message = await liveMessage(tx, roomId, messageId)
    if ((message.pinned_at !== null) === on) return messageOf(message)
    if (on && (await messageStore.listPins(tx, roomId, pinsMax)).length >= pinsMax) throw problem('too-many-pins')
    await messageStore.setPinned(tx, messageId, on ? at : null)
    return announce(tx, { roomId, messageId, userId })
  })
}

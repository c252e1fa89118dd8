import { commonProblem, type Input } from '@octet/contracts'
import type { chat } from '@octet/contracts/chat'
import { type ChatContext, problem } from '../context.ts'
import * as fileStore from '../files/store.ts'
import { lockAsMember } from '../rooms/access.ts'
import * as moderationStore from '../rooms/moderation-store.ts'
import { isAtLeast, roomStream } from '../rooms/rules.ts'
import * as messageStore from './store.ts'

/**
 * Deletes a message. Its place in the room stays; its text goes, also from the log. Idempotent. Throws `not-yours`
 * unless the caller wrote it or moderates the room.
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
    await fileStore.dropFilesOf(tx, messageId, 'all')
    if (!isOwn) {
      await moderationStore.insertModeration(tx, {
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

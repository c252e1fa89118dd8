import { commonProblem, type Input, type Output, requireUser } from '@octet/contracts'
import type { chat } from '@octet/contracts/chat'
import { type ChatContext, problem } from '../context.ts'
import { accessAsReader } from '../rooms/access.ts'
import * as moderationStore from '../rooms/moderation-store.ts'
import * as messageStore from './store.ts'

const excerptMax = 300

/**
 * Reports a message and its author to the moderators of the installation, and records it in the room's log without the
 * reporter's name. Throws `own-message`, `message-gone`.
 */
export async function reportMessage(
  ctx: ChatContext,
  input: Input<typeof chat, 'reportMessage'>,
): Promise<Output<typeof chat, 'reportMessage'>> {
  const { roomId, messageId, reason, note = '' } = input
  const room = await accessAsReader(ctx, roomId)
  const message = await messageStore.findMessage(ctx.db, roomId, messageId)
  if (message === undefined) throw commonProblem('not-found')
  if (message.deleted_at !== null) throw problem('message-gone')
  if (message.author_id === requireUser(ctx.actor).userId) throw problem('own-message')
  const said = room.is_encrypted ? '(encrypted)' : Array.from(message.body).slice(0, excerptMax).join('')
  const text = [note, `Message ${messageId} in ${room.name ?? 'a conversation'} (${roomId}):`, said].filter(Boolean)
  const { id } = await ctx.calls.identity.reportUser({
    id: message.author_id,
    reason,
    note: Array.from(text.join('\n')).slice(0, 1_000).join(''),
  })
  const at = new Date(ctx.now()).toISOString()
  await ctx.db.transaction('chat.reportMessage', tx =>
    moderationStore.insertModeration(tx, {
      roomId,
      action: 'message-reported',
      actorId: null,
      subjectId: message.author_id,
      messageId,
      detail: reason,
      at,
    }),
  )
  return { id }
}

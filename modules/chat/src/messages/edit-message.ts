import { commonProblem, type Input } from '@octet/contracts'
import type { chat, Message } from '@octet/contracts/chat'
import type { Tx } from '@octet/db'
import { type ChatContext, problem } from '../context.ts'
import * as fileStore from '../files/store.ts'
import { lockAsSpeaker } from '../rooms/access.ts'
import { liveMessage } from './access.ts'
import { findBlockers } from './find-blockers.ts'
import { mentionsOf, notifyMentioned } from './mentions.ts'
import { requestPreview } from './request-preview.ts'
import { firstLink, isBlank } from './rules.ts'
import { empty } from './send-message.ts'
import * as messageStore from './store.ts'
import { messageOf } from './view.ts'

/** Edits the caller's own message. Throws `not-yours`, `muted`, `message-gone`. */
export async function editMessage(ctx: ChatContext, input: Input<typeof chat, 'editMessage'>): Promise<Message> {
  const { roomId, messageId, body } = input
  const blockers = await findBlockers(ctx, roomId, body)
  const at = new Date(ctx.now()).toISOString()
  return ctx.once('chat.editMessage', async tx => {
    const { room, userId } = await lockAsSpeaker(ctx, tx, roomId)
    const message = await liveMessage(tx, roomId, messageId)
    if (message.author_id !== userId) throw problem('not-yours')
    if (isBlank(body) && message.files.length === 0) throw empty()
    const mentions = await mentionsOf(tx, { room, userId }, body, blockers)
    await messageStore.changeBody(tx, message, { body, mentions, at })
    if (firstLink(body) !== firstLink(message.body)) {
      await messageStore.removePreview(tx, messageId)
      await fileStore.dropFilesOf(tx, messageId, 'preview')
      if (!room.is_encrypted) await requestPreview(ctx, tx, { roomId, messageId, body })
    }
    const changed = await announce(tx, { roomId, messageId, userId })
    const added = mentions.filter(id => !message.mentions.includes(id))
    await notifyMentioned(tx, added, { roomId, messageId, userId })
    return changed
  })
}

/** Appends the message's current state to the room's log, so that every member receives the change. */
export async function announce(
  tx: Tx<typeof chat>,
  { roomId, messageId, userId }: { roomId: string; messageId: string; userId?: string },
): Promise<Message> {
  const changed = await messageStore.findMessage(tx, roomId, messageId)
  if (changed === undefined) throw commonProblem('not-found')
  const body = messageOf(changed)
  await tx.append('room', roomId, { type: 'message-changed', body, ...(userId === undefined ? {} : { from: userId }) })
  return body
}

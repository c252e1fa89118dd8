import type { chat, Input, Message } from '@octet/contracts'
import { type ChatContext, problem } from '../context.ts'
import { liveMessage, lockAsSpeaker } from '../rooms/access.ts'
import { deafTo } from '../rooms/deaf-to.ts'
import { reactionKindsMax } from '../rooms/rules.ts'
import { messageOf } from '../rooms/view-rooms.ts'
import { announce } from './edit-message.ts'
import * as messageStore from './store.ts'

/**
 * Puts an emoji on a message or takes it away. Throws `too-many-reactions`, `muted`, `message-gone`,
 * `person-not-reachable`.
 */
export async function react(ctx: ChatContext, input: Input<typeof chat, 'react'>): Promise<Message> {
  const { roomId, messageId, emoji, on } = input
  await deafTo(ctx, roomId, '')
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

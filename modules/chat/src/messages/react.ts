import type { Input } from '@octet/contracts'
import type { chat, Message } from '@octet/contracts/chat'
import { type ChatContext, problem } from '../context.ts'
import { lockAsSpeaker } from '../rooms/access.ts'
import { liveMessage } from './access.ts'
import { announce } from './edit-message.ts'
import { findBlockers } from './find-blockers.ts'
import { reactionKindsMax } from './rules.ts'
import * as messageStore from './store.ts'
import { messageOf } from './view.ts'

/** Adds or removes an emoji reaction. Throws `too-many-reactions`, `muted`, `message-gone`, `person-not-reachable`. */
export async function react(ctx: ChatContext, input: Input<typeof chat, 'react'>): Promise<Message> {
  const { roomId, messageId, emoji, on } = input
  await findBlockers(ctx, roomId, '')
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

import type { Input } from '@octet/contracts'
import type { chat, Message } from '@octet/contracts/chat'
import { type ChatContext, problem } from '../context.ts'
import { lockAsGovernor, lockAsMember } from '../rooms/access.ts'
import { liveMessage } from './access.ts'
import { announce } from './edit-message.ts'
import { findBlockers } from './find-blockers.ts'
import { pinsMax } from './rules.ts'
import * as messageStore from './store.ts'
import { messageOf } from './view.ts'

/** Pins or unpins. Throws `too-many-pins`, `role-too-low`, `message-gone`, `person-not-reachable`. */
export async function pinMessage(ctx: ChatContext, input: Input<typeof chat, 'pinMessage'>): Promise<Message> {
  const { roomId, messageId, on } = input
  const at = new Date(ctx.now()).toISOString()
  await findBlockers(ctx, roomId, '')
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

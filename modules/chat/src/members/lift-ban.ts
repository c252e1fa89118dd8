import type { Input } from '@octet/contracts'
import type { chat } from '@octet/contracts/chat'
import type { ChatContext } from '../context.ts'
import { lockAsGovernor } from '../rooms/access.ts'
import * as moderationStore from '../rooms/moderation-store.ts'
import * as banStore from './ban-store.ts'

/** Lifts a ban, so that the person may join again. */
export async function liftBan(ctx: ChatContext, input: Input<typeof chat, 'liftBan'>): Promise<object> {
  const at = new Date(ctx.now()).toISOString()
  const { id: roomId, userId: subjectId } = input
  await ctx.db.transaction('chat.liftBan', async tx => {
    const { userId } = await lockAsGovernor(ctx, tx, roomId)
    if (!(await banStore.deleteBan(tx, roomId, subjectId))) return
    await moderationStore.insertModeration(tx, { roomId, action: 'ban-lifted', actorId: userId, subjectId, at })
  })
  return {}
}

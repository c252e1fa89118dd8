import { type Input, requireUser } from '@octet/contracts'
import type { chat } from '@octet/contracts/chat'
import { type ChatContext, problem } from '../context.ts'
import * as memberStore from '../rooms/member-store.ts'
import { recheckEphemeral, removeMembership } from '../rooms/memberships.ts'
import * as roomStore from '../rooms/store.ts'

/**
 * Leaves a room; does nothing for non-members. Throws `last-owner` while other members would be left without an owner.
 */
export async function leaveRoom(ctx: ChatContext, { id }: Input<typeof chat, 'leaveRoom'>): Promise<object> {
  const { userId } = requireUser(ctx.actor)
  await ctx.db.transaction('chat.leaveRoom', async tx => {
    const room = await roomStore.lockRoom(tx, id)
    const member = await memberStore.findMember(tx, id, userId)
    if (room === undefined || member === undefined) return
    const isLast = member.role === 'owner' && (await memberStore.countOwners(tx, id)) === 1
    if (isLast && room.member_count > 1) throw problem('last-owner')
    await removeMembership(tx, { roomId: id, userId, by: userId, reason: 'left' })
  })
  recheckEphemeral(ctx, id, userId)
  return {}
}

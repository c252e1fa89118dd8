import type { Input } from '@octet/contracts'
import type { chat } from '@octet/contracts/chat'
import { type ChatContext, problem } from '../context.ts'
import { recheckEphemeral, removeMembership } from '../rooms/memberships.ts'
import * as moderationStore from '../rooms/moderation-store.ts'
import * as invitationStore from './invitation-store.ts'
import { lockSubject } from './lock-subject.ts'

/** Removes a member, who may join again. Throws `role-too-low`, `not-in-direct`. */
export async function removeMember(ctx: ChatContext, input: Input<typeof chat, 'removeMember'>): Promise<object> {
  const at = new Date(ctx.now()).toISOString()
  await ctx.db.transaction('chat.removeMember', async tx => {
    const { room, userId, subject } = await lockSubject(ctx, tx, input)
    // The last owner cannot be removed.
    if (subject.user_id === userId) throw problem('role-too-low', { detail: 'Leave the room instead.' })
    await moderationStore.insertModeration(tx, {
      roomId: room.id,
      action: 'removed',
      actorId: userId,
      subjectId: subject.user_id,
      at,
    })
    await invitationStore.deleteInvitationsBy(tx, room.id, subject.user_id)
    await removeMembership(tx, { roomId: room.id, userId: subject.user_id, by: userId, reason: 'removed' })
  })
  recheckEphemeral(ctx, input.id, input.userId)
  return {}
}

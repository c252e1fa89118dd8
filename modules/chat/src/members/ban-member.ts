import type { Input } from '@octet/contracts'
import type { chat } from '@octet/contracts/chat'
import { type ChatContext, problem } from '../context.ts'
import { lockAsGovernor } from '../rooms/access.ts'
import * as memberStore from '../rooms/member-store.ts'
import { recheckEphemeral, removeMembership } from '../rooms/memberships.ts'
import * as moderationStore from '../rooms/moderation-store.ts'
import * as banStore from './ban-store.ts'
import * as invitationStore from './invitation-store.ts'
import { outranks } from './rules.ts'

/** Removes a person permanently; also works before they ever joined. Throws `role-too-low`, `not-in-direct`. */
export async function banMember(ctx: ChatContext, input: Input<typeof chat, 'banMember'>): Promise<object> {
  const at = new Date(ctx.now()).toISOString()
  const { id: roomId, userId: subjectId, reason = '' } = input
  await ctx.db.transaction('chat.banMember', async tx => {
    const { member, userId } = await lockAsGovernor(ctx, tx, roomId)
    const subject = await memberStore.findMember(tx, roomId, subjectId)
    const mayBan = subjectId !== userId && (subject === undefined || outranks(member.role, subject.role))
    if (!mayBan) throw problem('role-too-low')
    await banStore.insertBan(tx, { roomId, userId: subjectId, reason, by: userId, at })
    await moderationStore.insertModeration(tx, {
      roomId,
      action: 'banned',
      actorId: userId,
      subjectId,
      detail: reason,
      at,
    })
    await invitationStore.deleteInvitationsBy(tx, roomId, subjectId)
    await removeMembership(tx, { roomId, userId: subjectId, by: userId, reason: 'banned' })
  })
  recheckEphemeral(ctx, roomId, subjectId)
  return {}
}

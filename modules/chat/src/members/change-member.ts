import type { Input } from '@octet/contracts'
import type { chat, Member } from '@octet/contracts/chat'
import { type ChatContext, problem } from '../context.ts'
import { lockAsGovernor } from '../rooms/access.ts'
import { findPeople, personOrPlaceholder } from '../rooms/find-people.ts'
import * as memberStore from '../rooms/member-store.ts'
import * as moderationStore from '../rooms/moderation-store.ts'
import { memberOf } from './list-members.ts'
import { lockSubject } from './lock-subject.ts'

const minuteMs = 60_000

/**
 * Changes a member's role (owners only) or mutes them. Moderators may step down, but cannot unmute themselves. Throws
 * `role-too-low` when the caller does not rank above the member, `last-owner`, `not-in-direct`.
 */
export async function changeMember(ctx: ChatContext, input: Input<typeof chat, 'changeMember'>): Promise<Member> {
  const at = new Date(ctx.now()).toISOString()
  const row = await ctx.db.transaction('chat.changeMember', async tx => {
    const { room, userId, member, subject } = await lockSubject(ctx, tx, input)
    const mayMute = userId !== subject.user_id || member.role === 'owner'
    if (input.mutedMinutes !== undefined && !mayMute) throw problem('role-too-low')
    const role = input.role ?? subject.role
    if (role !== subject.role) {
      await lockAsGovernor(ctx, tx, room.id, 'owner')
      const isLast = subject.role === 'owner' && (await memberStore.countOwners(tx, room.id)) === 1
      if (isLast) throw problem('last-owner')
    }
    const mutedUntil = mutedUntilOf(ctx, input.mutedMinutes, subject.muted_until)
    await memberStore.updateMember(tx, subject, { role, mutedUntil })
    const isMuted = mutedUntil !== null && Date.parse(mutedUntil) > ctx.now()
    const entry = { roomId: room.id, actorId: userId, subjectId: subject.user_id, at }
    if (role !== subject.role)
      await moderationStore.insertModeration(tx, { ...entry, action: 'role-changed', detail: role })
    if (input.mutedMinutes !== undefined) {
      const detail = isMuted ? `until ${mutedUntil}` : ''
      await moderationStore.insertModeration(tx, { ...entry, action: isMuted ? 'muted' : 'unmuted', detail })
    }
    const body = { userId: subject.user_id, role, isMuted }
    await tx.append('room', room.id, { type: 'member-changed', body, from: userId })
    return { ...subject, role, muted_until: mutedUntil }
  })
  const people = await findPeople(ctx, [input.userId])
  return memberOf(row, personOrPlaceholder(people, input.userId))
}

function mutedUntilOf(ctx: ChatContext, minutes: number | undefined, before: string | null): string | null {
  if (minutes === undefined) return before
  return minutes === 0 ? null : new Date(ctx.now() + minutes * minuteMs).toISOString()
}

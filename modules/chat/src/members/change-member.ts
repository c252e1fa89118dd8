import { type chat, commonProblem, type Input, type Member } from '@octet/contracts'
import type { Tx } from '@octet/db'
import { type ChatContext, problem } from '../context.ts'
import { type InRoom, lockAsGovernor } from '../rooms/access.ts'
import { exit, hush } from '../rooms/enter.ts'
import * as memberStore from '../rooms/member-store.ts'
import { outranks } from '../rooms/rules.ts'
import { peopleOf, personOrNobody } from '../rooms/view-rooms.ts'
import { memberOf } from './list-members.ts'

const minuteMs = 60_000

/**
 * Gives a member another role (owners only) or mutes them; moderators may step down, but not end their own silence.
 * Throws `role-too-low` when the caller does not stand above them, `last-owner`, `not-in-direct`.
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
      await memberStore.insertModeration(tx, { ...entry, action: 'role-changed', detail: role })
    if (input.mutedMinutes !== undefined) {
      const detail = isMuted ? `until ${mutedUntil}` : ''
      await memberStore.insertModeration(tx, { ...entry, action: isMuted ? 'muted' : 'unmuted', detail })
    }
    const body = { userId: subject.user_id, role, isMuted }
    await tx.append('room', room.id, { type: 'member-changed', body, from: userId })
    return { ...subject, role, muted_until: mutedUntil }
  })
  const people = await peopleOf(ctx, [input.userId])
  return memberOf(row, personOrNobody(people, input.userId))
}

function mutedUntilOf(ctx: ChatContext, minutes: number | undefined, before: string | null): string | null {
  if (minutes === undefined) return before
  return minutes === 0 ? null : new Date(ctx.now() + minutes * minuteMs).toISOString()
}

/** A governor, and the member below them whom they act on. Throws `not-found`, `role-too-low`. */
async function lockSubject(
  ctx: ChatContext,
  tx: Tx<typeof chat>,
  { id, userId }: { id: string; userId: string },
): Promise<InRoom & { subject: memberStore.MemberRow }> {
  const found = await lockAsGovernor(ctx, tx, id)
  const subject = await memberStore.findMember(tx, id, userId)
  if (subject === undefined) throw commonProblem('not-found')
  if (subject.user_id !== found.userId && !outranks(found.member.role, subject.role)) throw problem('role-too-low')
  return { ...found, subject }
}

/** Puts somebody out; they may come back. Throws `role-too-low`, `not-in-direct`. */
export async function removeMember(ctx: ChatContext, input: Input<typeof chat, 'removeMember'>): Promise<object> {
  const at = new Date(ctx.now()).toISOString()
  await ctx.db.transaction('chat.removeMember', async tx => {
    const { room, userId, subject } = await lockSubject(ctx, tx, input)
    // The last owner must not go this way.
    if (subject.user_id === userId) throw problem('role-too-low', { detail: 'Leave the room instead.' })
    await memberStore.insertModeration(tx, {
      roomId: room.id,
      action: 'removed',
      actorId: userId,
      subjectId: subject.user_id,
      at,
    })
    await memberStore.deleteInvitationsBy(tx, room.id, subject.user_id)
    await exit(tx, { roomId: room.id, userId: subject.user_id, by: userId, reason: 'removed' })
  })
  hush(ctx, input.id, input.userId)
  return {}
}

/** Puts somebody out for good, also before they ever came. Throws `role-too-low`, `not-in-direct`. */
export async function banMember(ctx: ChatContext, input: Input<typeof chat, 'banMember'>): Promise<object> {
  const at = new Date(ctx.now()).toISOString()
  const { id: roomId, userId: subjectId, reason = '' } = input
  await ctx.db.transaction('chat.banMember', async tx => {
    const { member, userId } = await lockAsGovernor(ctx, tx, roomId)
    const subject = await memberStore.findMember(tx, roomId, subjectId)
    const mayBan = subjectId !== userId && (subject === undefined || outranks(member.role, subject.role))
    if (!mayBan) throw problem('role-too-low')
    await memberStore.insertBan(tx, { roomId, userId: subjectId, reason, by: userId, at })
    await memberStore.insertModeration(tx, {
      roomId,
      action: 'banned',
      actorId: userId,
      subjectId,
      detail: reason,
      at,
    })
    await memberStore.deleteInvitationsBy(tx, roomId, subjectId)
    await exit(tx, { roomId, userId: subjectId, by: userId, reason: 'banned' })
  })
  hush(ctx, roomId, subjectId)
  return {}
}

/** Lets somebody come back. */
export async function liftBan(ctx: ChatContext, input: Input<typeof chat, 'liftBan'>): Promise<object> {
  const at = new Date(ctx.now()).toISOString()
  const { id: roomId, userId: subjectId } = input
  await ctx.db.transaction('chat.liftBan', async tx => {
    const { userId } = await lockAsGovernor(ctx, tx, roomId)
    if (!(await memberStore.deleteBan(tx, roomId, subjectId))) return
    await memberStore.insertModeration(tx, { roomId, action: 'ban-lifted', actorId: userId, subjectId, at })
  })
  return {}
}

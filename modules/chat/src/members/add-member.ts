import type { Input } from '@octet/contracts'
import type { chat, Member } from '@octet/contracts/chat'
import { type ChatContext, problem } from '../context.ts'
import { lockAsMember } from '../rooms/access.ts'
import { findPeople } from '../rooms/find-people.ts'
import * as memberStore from '../rooms/member-store.ts'
import { requireReachable } from '../rooms/require-reachable.ts'
import { isAtLeast } from '../rooms/rules.ts'
import { letIn } from './let-in.ts'
import { memberOf } from './list-members.ts'

/**
 * Adds a person to a room. Throws `person-not-reachable`, `banned`, `room-full`, `not-in-direct`, and `role-too-low`
 * for ordinary members of a private room.
 */
export async function addMember(ctx: ChatContext, input: Input<typeof chat, 'addMember'>): Promise<Member> {
  const person = (await findPeople(ctx, [input.userId])).get(input.userId)
  if (person === undefined) throw problem('person-not-reachable')
  await requireReachable(ctx, [input.userId])
  const at = new Date(ctx.now()).toISOString()
  const row = await ctx.db.transaction('chat.addMember', async tx => {
    const { room, member } = await lockAsMember(ctx, tx, input.id)
    if (room.kind === 'direct') throw problem('not-in-direct')
    if (room.visibility === 'private' && !isAtLeast(member.role, 'moderator')) throw problem('role-too-low')
    await letIn(tx, { roomId: room.id, userId: input.userId, at })
    return memberStore.findMember(tx, room.id, input.userId)
  })
  if (row === undefined) throw new Error('a member who was let in is not there')
  return memberOf(row, person)
}

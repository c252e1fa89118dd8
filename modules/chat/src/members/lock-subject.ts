import { commonProblem } from '@octet/contracts'
import type { chat } from '@octet/contracts/chat'
import type { Tx } from '@octet/db'
import { type ChatContext, problem } from '../context.ts'
import { type InRoom, lockAsGovernor } from '../rooms/access.ts'
import * as memberStore from '../rooms/member-store.ts'
import { outranks } from './rules.ts'

/** Locks a moderator or owner and the lower-ranking member they act on. Throws `not-found`, `role-too-low`. */
export async function lockSubject(
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

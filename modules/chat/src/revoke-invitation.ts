import { type chat, commonProblem, type Input } from '@octet/contracts'
import { lockAsGovernor } from './access.ts'
import type { ChatContext } from './context.ts'
import * as memberStore from './member-store.ts'

/** Makes an invitation worthless. */
export async function revokeInvitation(
  ctx: ChatContext,
  { id, invitationId }: Input<typeof chat, 'revokeInvitation'>,
): Promise<object> {
  await ctx.db.transaction('chat.revokeInvitation', async tx => {
    await lockAsGovernor(ctx, tx, id)
    if (!(await memberStore.deleteInvitation(tx, id, invitationId))) throw commonProblem('not-found')
  })
  return {}
}

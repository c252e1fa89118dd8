import { commonProblem, type Input } from '@octet/contracts'
import type { chat } from '@octet/contracts/chat'
import type { ChatContext } from '../context.ts'
import { lockAsGovernor } from '../rooms/access.ts'
import * as invitationStore from './invitation-store.ts'

/** Revokes an invitation. */
export async function revokeInvitation(
  ctx: ChatContext,
  { id, invitationId }: Input<typeof chat, 'revokeInvitation'>,
): Promise<object> {
  await ctx.db.transaction('chat.revokeInvitation', async tx => {
    await lockAsGovernor(ctx, tx, id)
    if (!(await invitationStore.deleteInvitation(tx, id, invitationId))) throw commonProblem('not-found')
  })
  return {}
}

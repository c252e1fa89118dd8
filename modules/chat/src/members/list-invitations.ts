import type { Input, Output } from '@octet/contracts'
import type { chat } from '@octet/contracts/chat'
import { pageOf, readPage, totalOf } from '@octet/kernel'
import type { ChatContext } from '../context.ts'
import { accessAsGovernor } from '../rooms/access.ts'
import { invitationOf } from './create-invitation.ts'
import * as invitationStore from './invitation-store.ts'

/** The valid invitations of a room. */
export async function listInvitations(
  ctx: ChatContext,
  input: Input<typeof chat, 'listInvitations'>,
): Promise<Output<typeof chat, 'listInvitations'>> {
  await accessAsGovernor(ctx, input.id)
  const page = readPage(input)
  const now = new Date(ctx.now()).toISOString()
  const total = await totalOf(input, rowsMax => invitationStore.countInvitations(ctx.db, input.id, now, rowsMax))
  return pageOf(await invitationStore.listInvitations(ctx.db, input.id, { ...page, now }), {
    limit: page.limit,
    total,
    positionOf: row => ({ at: row.created_at, id: row.id }),
    view: invitationOf,
  })
}

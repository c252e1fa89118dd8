import type { Input, Output } from '@octet/contracts'
import type { chat } from '@octet/contracts/chat'
import { pageOf, readPage } from '@octet/kernel'
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
  return pageOf(await invitationStore.listInvitations(ctx.db, input.id, { ...page, now }), {
    limit: page.limit,
    positionOf: row => ({ at: row.created_at, id: row.id }),
    view: invitationOf,
  })
}

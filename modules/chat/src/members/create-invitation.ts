import { randomBytes } from 'node:crypto'
import type { Input, Output } from '@octet/contracts'
import type { chat } from '@octet/contracts/chat'
import type { ChatContext } from '../context.ts'
import { lockAsGovernor } from '../rooms/access.ts'
import * as invitationStore from './invitation-store.ts'
import { tokenHash } from './rules.ts'

const tokenBytes = 24
const hoursDefault = 72
const usesDefault = 10

/** Creates an invitation link. Only the hash of its token is stored. */
export function createInvitation(
  ctx: ChatContext,
  input: Input<typeof chat, 'createInvitation'>,
): Promise<Output<typeof chat, 'createInvitation'>> {
  const token = randomBytes(tokenBytes).toString('base64url')
  const at = new Date(ctx.now()).toISOString()
  return ctx.db.transaction('chat.createInvitation', async tx => {
    const { userId } = await lockAsGovernor(ctx, tx, input.id)
    const row = await invitationStore.insertInvitation(tx, {
      roomId: input.id,
      tokenHash: tokenHash(token),
      by: userId,
      at,
      hours: input.expiresInHours ?? hoursDefault,
      uses: input.usesMax ?? usesDefault,
    })
    return { ...invitationOf(row), token }
  })
}

/** An invitation without its token. */
export function invitationOf(row: invitationStore.InvitationRow) {
  return {
    id: row.id,
    roomId: row.room_id,
    createdBy: row.created_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    usesLeft: row.uses_left,
  }
}

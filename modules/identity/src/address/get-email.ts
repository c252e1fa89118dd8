import type { Output } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { accessOwnAccount } from '../account/access.ts'
import type { IdentityContext } from '../context.ts'
import { findClaim } from './store.ts'

/** The caller's address, and the address that waits for verification. */
export async function getEmail(ctx: IdentityContext): Promise<Output<typeof identity, 'getEmail'>> {
  const user = await accessOwnAccount(ctx.db, ctx.actor)
  const claim = await findClaim(ctx.db, user.id)
  return { email: user.email, verified: user.email_verified, pending: claim?.email ?? null }
}

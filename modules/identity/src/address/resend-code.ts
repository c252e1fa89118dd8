import type { Output } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { accessOwnAccount } from '../account/access.ts'
import type { IdentityContext } from '../context.ts'
import { requestVerification } from './request-verification.ts'
import { findClaim } from './store.ts'

/**
 * Sends a new code for the claimed address, or for the account's own address while it is unverified. The old code
 * becomes invalid.
 */
export async function resendCode(ctx: IdentityContext): Promise<Output<typeof identity, 'resendCode'>> {
  const user = await accessOwnAccount(ctx.db, ctx.actor)
  const claim = await findClaim(ctx.db, user.id)
  const own = user.email_verified || user.email_key === null ? undefined : user
  const { email, email_key: emailKey } = claim ?? own ?? { email: null, email_key: null }
  if (email === null || emailKey === null) return {}
  await ctx.db.transaction('identity.resendCode', tx =>
    requestVerification(ctx, tx, { userId: user.id, email, emailKey }),
  )
  return {}
}

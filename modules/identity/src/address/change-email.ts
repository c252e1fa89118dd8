import type { Input, Output } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { accessOwnAccount } from '../account/access.ts'
import { emailKey } from '../account/rules.ts'
import type { IdentityContext } from '../context.ts'
import { checkEmail } from './check-email.ts'
import { requestVerification } from './request-verification.ts'

/**
 * Sends a code to the new address. Nothing changes until the code is entered. The answer never reveals whether another
 * account owns the address.
 */
export async function changeEmail(
  ctx: IdentityContext,
  { email }: Input<typeof identity, 'changeEmail'>,
): Promise<Output<typeof identity, 'changeEmail'>> {
  checkEmail(ctx, email)
  await ctx.db.transaction('identity.changeEmail', async tx => {
    const { id: userId } = await accessOwnAccount(tx, ctx.actor)
    await requestVerification(ctx, tx, { userId, email, emailKey: emailKey(email) })
  })
  return {}
}

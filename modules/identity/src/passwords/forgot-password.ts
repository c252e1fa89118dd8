import type { Input, Output } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { emailKey } from '../account/rules.ts'
import type { IdentityContext } from '../context.ts'

/**
 * Lets a job look whether anybody has the address, and send a link if so. Here nothing is looked up, so the answer is
 * the same for all in words and in time.
 */
export async function forgotPassword(
  ctx: IdentityContext,
  { email }: Input<typeof identity, 'forgotPassword'>,
): Promise<Output<typeof identity, 'forgotPassword'>> {
  await ctx.db.transaction('identity.forgotPassword', async tx => {
    await ctx.jobs.enqueue(tx, 'identity.send-reset', { emailKey: emailKey(email) })
  })
  return {}
}

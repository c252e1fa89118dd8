import type { Input, Output } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { emailKey } from '../account/rules.ts'
import { sendResetJob } from '../address/send-reset-job.ts'
import type { IdentityContext } from '../context.ts'

/**
 * Enqueues a job that looks up the address and mails a link. Nothing is looked up here, so neither the answer nor its
 * timing reveals whether an account exists.
 */
export async function forgotPassword(
  ctx: IdentityContext,
  { email }: Input<typeof identity, 'forgotPassword'>,
): Promise<Output<typeof identity, 'forgotPassword'>> {
  await ctx.db.transaction('identity.forgotPassword', async tx => {
    await ctx.jobs.enqueue(tx, sendResetJob, { emailKey: emailKey(email) })
  })
  return {}
}

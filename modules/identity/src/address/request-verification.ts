import type { Tx } from '@octet/db'
import type { IdentityContext } from '../context.ts'
import { sendCodeJob } from './send-code.ts'
import { type Address, saveClaim } from './store.ts'

/**
 * Saves the account's claim to an address and enqueues the job that sends the code. The job checks whether another
 * account owns the address, so neither the answer nor its timing reveals it.
 */
export async function requestVerification(
  ctx: Pick<IdentityContext, 'jobs'>,
  tx: Tx,
  { userId, ...address }: Address & { readonly userId: string },
): Promise<void> {
  await saveClaim(tx, userId, address)
  await ctx.jobs.enqueue(tx, sendCodeJob, { userId }, { key: userId })
}

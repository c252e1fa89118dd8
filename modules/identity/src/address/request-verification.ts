import type { Tx } from '@octet/db'
import type { IdentityContext } from '../context.ts'
import { type Address, saveClaim } from './store.ts'

/**
 * Puts down that the account wants the address, and lets a job send the code. The job looks whether the address belongs
 * to somebody, so that whoever asks waits for no answer to that, in words or in time.
 */
export async function requestVerification(
  ctx: Pick<IdentityContext, 'jobs'>,
  tx: Tx,
  { userId, ...address }: Address & { readonly userId: string },
): Promise<void> {
  await saveClaim(tx, userId, address)
  await ctx.jobs.enqueue(tx, 'identity.send-code', { userId }, { key: userId })
}

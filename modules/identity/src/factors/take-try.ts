import { commonProblem } from '@octet/contracts'
import type { IdentityContext } from '../context.ts'
import * as store from './store.ts'

/**
 * Counts an attempt and commits before the code is compared, so parallel and failed attempts count too. Throws
 * `rate-limited`, and `unauthenticated` when the account is gone.
 */
export async function takeTry(ctx: IdentityContext, userId: string): Promise<void> {
  const waitMs = await store.takeCodeTry(ctx.db, userId)
  if (waitMs === undefined) throw commonProblem('unauthenticated')
  if (waitMs > 0) throw commonProblem('rate-limited', { retryAfterMs: waitMs, detail: 'Too many codes were entered.' })
}

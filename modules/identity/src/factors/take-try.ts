import { commonProblem } from '@octet/contracts'
import type { IdentityContext } from '../context.ts'
import * as store from './store.ts'

/** Counted before the code is looked at, and committed: parallel tries, and failures, all count. */
export async function takeTry(ctx: IdentityContext, userId: string): Promise<void> {
  const waitMs = await store.takeCodeTry(ctx.db, userId)
  if (waitMs > 0) throw commonProblem('rate-limited', { retryAfterMs: waitMs, detail: 'Too many codes were tried.' })
}

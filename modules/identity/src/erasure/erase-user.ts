import { commonProblem, type Input, type Output } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { audit } from '../audit/audit.ts'
import type { IdentityContext } from '../context.ts'
import { beginErasure, checkErasable } from './request-erasure.ts'

/**
 * Deletes an account without a grace period, for administrators. Throws `not-found`, `username-wrong`, `last-admin`.
 */
export async function eraseUser(
  ctx: IdentityContext,
  { id, username }: Input<typeof identity, 'eraseUser'>,
): Promise<Output<typeof identity, 'eraseUser'>> {
  const { actor } = ctx
  if (actor.kind !== 'user') throw commonProblem('unauthenticated')
  const ended = await ctx.db.transaction('identity.eraseUser', async tx => {
    await checkErasable(tx, id, username)
    const begun = await beginErasure(ctx, tx, { userId: id, graceMs: 0 })
    await audit(ctx, tx, { userId: id, action: 'deletion-asked', by: actor.userId === id ? 'self' : 'administrator' })
    return begun.ended
  })
  ctx.revocations.endSessions(ended)
  return {}
}

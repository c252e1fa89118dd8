import { type Output, requireUser } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { audit } from '../audit/audit.ts'
import type { IdentityContext } from '../context.ts'
import { isTwoStep, requireTwoFactorSession } from './challenge-problem.ts'
import * as store from './store.ts'

/** Disables the authenticator app. Idempotent. Recovery codes are deleted with the last second factor. */
export async function removeTotp(ctx: IdentityContext): Promise<Output<typeof identity, 'removeTotp'>> {
  const { userId } = requireUser(ctx.actor)
  await ctx.db.transaction('identity.removeTotp', async tx => {
    await store.holdAccount(tx, userId)
    await requireTwoFactorSession(tx, ctx.actor)
    const wasOn = await store.deleteTotp(tx, userId)
    if (!(await isTwoStep(tx, userId))) await store.deleteRecoveryCodes(tx, userId)
    if (wasOn) await audit(ctx, tx, { userId, action: 'totp-removed' })
  })
  return {}
}

import { type Output, requireUser } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { audit } from '../audit/audit.ts'
import type { IdentityContext } from '../context.ts'
import { problem } from '../problem.ts'
import { isTwoStep, requireTwoFactorSession } from './challenge-problem.ts'
import { newRecoveryCodes } from './recovery-codes.ts'
import { holdAccount, putRecoveryCodes } from './store.ts'

/** Replaces the recovery codes by ten new ones. Throws `two-step-off`. */
export async function makeRecoveryCodes(ctx: IdentityContext): Promise<Output<typeof identity, 'makeRecoveryCodes'>> {
  const { userId } = requireUser(ctx.actor)
  const { codes, hashes } = newRecoveryCodes()
  await ctx.db.transaction('identity.makeRecoveryCodes', async tx => {
    await holdAccount(tx, userId)
    if (!(await isTwoStep(tx, userId))) throw problem('two-step-off')
    await requireTwoFactorSession(tx, ctx.actor)
    await putRecoveryCodes(tx, userId, hashes)
    await audit(ctx, tx, { userId, action: 'recovery-codes-made' })
  })
  return { recoveryCodes: [...codes] }
}

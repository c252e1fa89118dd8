import { commonProblem, type Input, type Output, requireUser } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { requireSignInMethod } from '../account/require-sign-in-method.ts'
import { audit } from '../audit/audit.ts'
import type { IdentityContext } from '../context.ts'
import { isTwoStep, requireTwoFactorSession } from '../factors/challenge-problem.ts'
import { deleteRecoveryCodes, holdAccount } from '../factors/store.ts'
import { endSessions } from '../sessions/store.ts'
import { revocationKeepMs } from '../sessions/tokens.ts'
import { deletePasskey } from './store.ts'

/**
 * Removes one of the caller's passkeys. Unless requested otherwise, ends the other sessions it created, because the
 * device may have been stolen. Throws `not-found`, `last-way-in`, `fresh-sign-in-required`.
 */
export async function removePasskey(
  ctx: IdentityContext,
  input: Input<typeof identity, 'removePasskey'>,
): Promise<Output<typeof identity, 'removePasskey'>> {
  const { userId, sessionId } = requireUser(ctx.actor)
  const ended = await ctx.db.transaction('identity.removePasskey', async tx => {
    await holdAccount(tx, userId)
    await requireTwoFactorSession(tx, ctx.actor)
    // Before the passkey is deleted: its sessions cannot be found afterwards.
    const choice = { userId, allBut: sessionId, passkeyId: input.id }
    const how = { reason: 'signed-out', keepMs: revocationKeepMs } as const
    const ids = (input.endSessions ?? true) ? await endSessions(tx, choice, how) : []
    if (!(await deletePasskey(tx, userId, input.id))) throw commonProblem('not-found')
    await requireSignInMethod(ctx, tx, userId)
    if (!(await isTwoStep(tx, userId))) await deleteRecoveryCodes(tx, userId)
    await audit(ctx, tx, { userId, action: 'passkey-removed', details: { sessionsEnded: ids.length } })
    return ids
  })
  ctx.revocations.endSessions(ended)
  return {}
}

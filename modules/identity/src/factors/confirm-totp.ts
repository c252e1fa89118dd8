import { type Input, type Output, requireUser } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { audit } from '../audit/audit.ts'
import type { IdentityContext } from '../context.ts'
import { problem } from '../problem.ts'
import { endSessions, raiseSession } from '../sessions/store.ts'
import { revocationKeepMs } from '../sessions/tokens.ts'
import { newRecoveryCodes } from './recovery-codes.ts'
import * as store from './store.ts'
import { takeTry } from './take-try.ts'
import { stepOfCode } from './totp.ts'
import { openTotp } from './totp-secret.ts'

/**
 * Enables the authenticator app: from now on a password alone does not sign in. Other sessions end unless requested
 * otherwise, because they were verified by one factor only. Throws `totp-not-started`, `totp-on`,
 * `second-factor-wrong`, `rate-limited`.
 */
export async function confirmTotp(
  ctx: IdentityContext,
  input: Input<typeof identity, 'confirmTotp'>,
): Promise<Output<typeof identity, 'confirmTotp'>> {
  const { userId, sessionId } = requireUser(ctx.actor)
  const totp = await store.findTotp(ctx.db, userId)
  if (totp === undefined) throw problem('totp-not-started')
  if (totp.is_confirmed) throw problem('totp-on')
  await takeTry(ctx, userId)
  const step = stepOfCode(openTotp(ctx, userId, totp.secret), input.code, ctx.clockMs())
  if (step === undefined) throw problem('second-factor-wrong')
  const { codes, hashes } = newRecoveryCodes()
  const ended = await ctx.db.transaction('identity.confirmTotp', async tx => {
    await store.holdAccount(tx, userId)
    if (!(await store.confirmTotp(tx, { userId, secret: totp.secret, step }))) throw problem('totp-not-started')
    await store.forgetCodeTries(tx, userId)
    await store.putRecoveryCodes(tx, userId, hashes)
    await raiseSession(tx, sessionId)
    const others = (input.signOutOthers ?? true) ? { userId, allBut: sessionId } : undefined
    const ids = others && (await endSessions(tx, others, { reason: 'signed-out', keepMs: revocationKeepMs }))
    await audit(ctx, tx, { userId, action: 'totp-enrolled', details: { sessionsEnded: ids?.length ?? 0 } })
    return ids ?? []
  })
  ctx.revocations.endSessions(ended)
  return { recoveryCodes: [...codes] }
}

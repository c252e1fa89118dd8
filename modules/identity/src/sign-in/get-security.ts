import { freshMs, isFresh, type Output, requireUser } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { accessOwnAccount } from '../account/access.ts'
import type { IdentityContext } from '../context.ts'
import { isTwoStep } from '../factors/challenge-problem.ts'
import { readFactors } from '../factors/store.ts'
import { relyingPartyOf } from '../passkeys/rules.ts'

/** The sign-in methods and factors of the caller's account, and how long the sign-in counts as fresh. */
export async function getSecurity(ctx: IdentityContext): Promise<Output<typeof identity, 'getSecurity'>> {
  const { provenAtMs } = requireUser(ctx.actor)
  const account = await accessOwnAccount(ctx.db, ctx.actor)
  const factors = await readFactors(ctx.db, account.id)
  return {
    hasPassword: account.password_hash !== null,
    twoStep: await isTwoStep(ctx.db, account.id),
    totpSince: factors.totp_since,
    recoveryCodesLeft: factors.recovery_codes,
    passkeys: factors.passkeys,
    passkeysPossible: relyingPartyOf(ctx.origin) !== undefined,
    freshUntil: isFresh(ctx.actor) ? new Date(provenAtMs + freshMs).toISOString() : null,
  }
}

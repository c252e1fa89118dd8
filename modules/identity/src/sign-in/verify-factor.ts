/** Verifies a second factor and prepares its use. */

import { commonProblem } from '@octet/contracts'
import type { PasskeyAssertion } from '@octet/contracts/identity'
import { audit } from '../audit/audit.ts'
import type { IdentityContext } from '../context.ts'
import { recoveryCodeHash } from '../factors/recovery-codes.ts'
import * as store from '../factors/store.ts'
import { takeTry } from '../factors/take-try.ts'
import { stepOfCode } from '../factors/totp.ts'
import { openTotp } from '../factors/totp-secret.ts'
import type { VerifiedFactor } from '../factors/verified-factor.ts'
import { verifyPasskey } from '../passkeys/verify-passkey.ts'
import { problem } from '../problem.ts'

export interface FactorProof {
  readonly code?: string
  readonly recoveryCode?: string
  readonly passkey?: PasskeyAssertion
}

/** Throws `validation-failed` unless exactly one of `names` is present. */
export function requireOne(input: Readonly<Record<string, unknown>>, names: readonly string[]): void {
  if (names.filter(name => input[name] !== undefined).length === 1) return
  const message = `exactly one of ${names.join(', ')} is needed`
  throw commonProblem('validation-failed', { errors: [{ path: '', message }] })
}

/** Throws `second-factor-wrong`, `passkey-refused`, and `rate-limited` after too many codes. */
export async function verifyFactor(
  ctx: IdentityContext,
  { userId, purpose }: { userId: string; purpose: 'second-factor' | 'step-up' },
  proof: FactorProof,
): Promise<VerifiedFactor> {
  if (proof.passkey !== undefined) {
    const verified = await verifyPasskey(ctx, proof.passkey, purpose)
    if (verified.userId !== userId) throw problem('passkey-refused')
    return { ...verified, aal: 2 }
  }
  if (proof.recoveryCode !== undefined) return verifyRecoveryCode(ctx, userId, proof.recoveryCode)
  return verifyCode(ctx, userId, proof.code ?? '')
}

/** 120 bits cannot be guessed, so attempts are not counted: a stranger must not be able to block this method. */
function verifyRecoveryCode(ctx: IdentityContext, userId: string, typed: string): VerifiedFactor {
  const hash = recoveryCodeHash(typed)
  if (hash === undefined) throw problem('second-factor-wrong')
  return {
    aal: 2,
    async claim(tx) {
      if (!(await store.useRecoveryCode(tx, userId, hash))) throw problem('second-factor-wrong')
      await audit(ctx, tx, { userId, action: 'recovery-code-used' })
    },
  }
}

async function verifyCode(ctx: IdentityContext, userId: string, code: string): Promise<VerifiedFactor> {
  await takeTry(ctx, userId)
  const totp = await store.findTotp(ctx.db, userId)
  const step =
    totp?.is_confirmed === true ? stepOfCode(openTotp(ctx, userId, totp.secret), code, ctx.clockMs()) : undefined
  if (step === undefined) throw problem('second-factor-wrong')
  return {
    aal: 2,
    async claim(tx) {
      if (!(await store.claimStep(tx, userId, step))) throw problem('second-factor-wrong')
      await store.forgetCodeTries(tx, userId)
    },
  }
}

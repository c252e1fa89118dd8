/** What stands between a right password and a session. */
import { createHash, randomBytes } from 'node:crypto'
import { commonProblem, type Principal, type Problem, requireUser } from '@octet/contracts'
import type { SecondFactorDemand } from '@octet/contracts/identity'
import type { Queryable, Tx } from '@octet/db'
import type { IdentityContext } from '../context.ts'
import { problem } from '../problem.ts'
import { isTwoFactorSession } from '../sessions/store.ts'
import { type Challenge, insertChallenge, readFactors } from './store.ts'

const tokenSizeBytes = 32
const challengeSeconds = 5 * 60

/** Whether a password alone does not sign in to the account. */
export async function isTwoStep(db: Queryable, userId: string): Promise<boolean> {
  const { has_totp: hasTotp, has_guard: hasGuard } = await readFactors(db, userId)
  return hasTotp || hasGuard
}

/** `second-factor-required` with a token that continues this sign-in and opens nothing else; only its hash is kept. */
export async function challengeProblem(ctx: IdentityContext, challenge: Challenge): Promise<Problem> {
  const token = randomBytes(tokenSizeBytes).toString('base64url')
  await insertChallenge(ctx.db, { ...challenge, hash: challengeHash(token), seconds: challengeSeconds })
  // A passkey that has already been the one factor cannot be the other.
  return demand(ctx, challenge.user_id, { token, isPasskeySpent: challenge.first_factor === 'passkey' })
}

/** The same for somebody who is signed in and only has to name a stronger proof. */
export async function strongerProofProblem(ctx: IdentityContext, userId: string): Promise<Problem> {
  return demand(ctx, userId, { token: null, isPasskeySpent: false })
}

async function demand(
  ctx: IdentityContext,
  userId: string,
  { token, isPasskeySpent }: { token: string | null; isPasskeySpent: boolean },
): Promise<Problem> {
  const has = await readFactors(ctx.db, userId)
  const factors: SecondFactorDemand['factors'] = []
  if (has.has_totp) factors.push('totp')
  if (has.passkeys > 0 && !isPasskeySpent) factors.push('passkey')
  if (has.recovery_codes > 0) factors.push('recovery-code')
  const data: SecondFactorDemand = { challenge: token, factors, expiresIn: challengeSeconds }
  return problem('second-factor-required', { data })
}

export function challengeHash(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

/**
 * For changes of the factors themselves: with two steps on, the session must have been proved by two as well, however
 * fresh it is. Throws `fresh-sign-in-required`.
 */
export async function requireTwoFactorSession(tx: Tx, actor: Principal): Promise<void> {
  const { userId, sessionId } = requireUser(actor)
  if (!(await isTwoStep(tx, userId)) || (await isTwoFactorSession(tx, sessionId))) return
  throw commonProblem('fresh-sign-in-required', { detail: 'Confirm with your second factor.' })
}

/** The second-factor challenge between a correct password and a session. */
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

/** Whether sign-in to the account needs a second factor. */
export async function isTwoStep(db: Queryable, userId: string): Promise<boolean> {
  const { has_totp: hasTotp, has_guard: hasGuard } = await readFactors(db, userId)
  return hasTotp || hasGuard
}

/**
 * Creates `second-factor-required` with a token that can only continue this sign-in. Only the token's hash is stored.
 */
export async function challengeProblem(ctx: IdentityContext, challenge: Challenge): Promise<Problem> {
  const token = randomBytes(tokenSizeBytes).toString('base64url')
  await insertChallenge(ctx.db, { ...challenge, hash: challengeHash(token), seconds: challengeSeconds })
  // A passkey that was the first factor cannot be the second.
  return demand(ctx, challenge.user_id, { token, isPasskeySpent: challenge.first_factor === 'passkey' })
}

/** Creates the same problem without a token, for a signed-in caller who must name a stronger factor. */
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
 * Guards changes of the factors: with a second factor enabled, the session must have been verified by two factors,
 * however fresh it is. Throws `fresh-sign-in-required`.
 */
export async function requireTwoFactorSession(tx: Tx, actor: Principal): Promise<void> {
  const { userId, sessionId } = requireUser(actor)
  if (!(await isTwoStep(tx, userId)) || (await isTwoFactorSession(tx, sessionId))) return
  throw commonProblem('fresh-sign-in-required', { detail: 'Confirm with your second factor.' })
}

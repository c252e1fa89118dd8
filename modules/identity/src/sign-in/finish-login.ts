import type { Input, Output } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import type { Tx } from '@octet/db'
import type { UserRow } from '../account/rules.ts'
import { findUser } from '../account/store.ts'
import type { IdentityContext } from '../context.ts'
import { challengeHash } from '../factors/challenge-problem.ts'
import { type Challenge, findChallenge, takeChallenge } from '../factors/store.ts'
import type { VerifiedFactor } from '../factors/verified-factor.ts'
import { problem } from '../problem.ts'
import { issueTokens } from './issue-tokens.ts'
import { type BegunWebSession, signBrowserIn } from './sign-browser-in.ts'
import { type FactorProof, requireOne, verifyFactor } from './verify-factor.ts'

interface Finished {
  readonly user: UserRow
  readonly challenge: Challenge
  /** Takes the waiting sign-in and the factor, in the transaction that creates the session. */
  readonly verified: VerifiedFactor
}

/**
 * Completes an API client's sign-in with a second factor. Throws `challenge-ended`, `second-factor-wrong`,
 * `rate-limited`.
 */
export async function finishLogin(
  ctx: IdentityContext,
  input: Input<typeof identity, 'finishLogin'>,
): Promise<Output<typeof identity, 'finishLogin'>> {
  const { user, verified } = await finish(ctx, input, 'api')
  return issueTokens(ctx, user, verified)
}

/** Completes a browser's sign-in with a second factor. */
export async function webFinishLogin(
  ctx: IdentityContext,
  input: Input<typeof identity, 'webFinishLogin'>,
): Promise<BegunWebSession> {
  const { user, challenge, verified } = await finish(ctx, input, 'web')
  return signBrowserIn(ctx, { user, remember: challenge.remember, verified })
}

async function finish(
  ctx: IdentityContext,
  { challenge: token, ...proof }: { challenge: string } & FactorProof,
  kind: Challenge['kind'],
): Promise<Finished> {
  requireOne({ ...proof }, ['code', 'recoveryCode', 'passkey'])
  const hash = challengeHash(token)
  const challenge = await findChallenge(ctx.db, hash, kind)
  const user = challenge === undefined ? undefined : await findUser(ctx.db, challenge.user_id)
  if (challenge === undefined || user === undefined) throw problem('challenge-ended')
  if (challenge.first_factor === 'passkey' && proof.passkey !== undefined) throw problem('passkey-refused')
  const factor = await verifyFactor(ctx, { userId: user.id, purpose: 'second-factor' }, proof)
  const claim = async (tx: Tx) => {
    if (!(await takeChallenge(tx, hash, kind))) throw problem('challenge-ended')
    await factor.claim(tx)
  }
  return { user, challenge, verified: { ...factor, aal: 2, claim } }
}

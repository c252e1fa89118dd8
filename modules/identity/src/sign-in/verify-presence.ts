import { type Input, requireUser } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { accessOwnAccount } from '../account/access.ts'
import type { IdentityContext } from '../context.ts'
import { isTwoStep, strongerProofProblem } from '../factors/challenge-problem.ts'
import type { VerifiedFactor } from '../factors/verified-factor.ts'
import { problem } from '../problem.ts'
import { checkCredentials } from './check-credentials.ts'
import { requireOne, verifyFactor } from './verify-factor.ts'

/**
 * Verifies the caller again, by the second factor when one is enabled. Throws `second-factor-required`,
 * `second-factor-wrong`, `wrong-credentials`, `unavailable`, `rate-limited`.
 */
export async function verifyPresence(
  ctx: IdentityContext,
  proof: Input<typeof identity, 'stepUp'>,
): Promise<VerifiedFactor> {
  requireOne(proof, ['password', 'code', 'recoveryCode', 'passkey'])
  const { userId } = requireUser(ctx.actor)
  const { password, ...factor } = proof
  if (password === undefined) return verifyFactor(ctx, { userId, purpose: 'step-up' }, factor)
  if (await isTwoStep(ctx.db, userId)) throw await strongerProofProblem(ctx, userId)
  const { username } = await accessOwnAccount(ctx.db, ctx.actor)
  const user = await checkCredentials(ctx, { login: username, password })
  if (user.id !== userId) throw problem('wrong-credentials')
  return { aal: 1, claim: async () => undefined }
}

import type { Input, Output } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { generateAuthenticationOptions } from '@simplewebauthn/server'
import type { IdentityContext } from '../context.ts'
import { challengeSeconds, newChallenge, passkeyChallengeHash, requireRelyingParty } from './rules.ts'
import { insertPasskeyChallenge } from './store.ts'

/**
 * Begins a use of a passkey. The same for everybody: it names no account and no passkey, so it tells nothing of who
 * has one. What must be checked of the answer is kept with the challenge, not asked of the browser again. Throws
 * `passkeys-impossible`.
 */
export async function passkeyOptions(
  ctx: IdentityContext,
  { purpose }: Input<typeof identity, 'passkeyOptions'>,
): Promise<Output<typeof identity, 'passkeyOptions'>> {
  const rpID = requireRelyingParty(ctx.origin)
  const challenge = newChallenge()
  const mustVerifyUser = purpose === 'step-up'
  const hash = passkeyChallengeHash(challenge)
  await insertPasskeyChallenge(ctx.db, { hash, purpose, userId: null, mustVerifyUser, seconds: challengeSeconds })
  const options = await generateAuthenticationOptions({
    rpID,
    challenge: Buffer.from(challenge, 'base64url'),
    allowCredentials: [],
    userVerification: mustVerifyUser ? 'required' : 'preferred',
    timeout: challengeSeconds * 1000,
  })
  return { options: { ...options } }
}

import type { Input, Output } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import type { IdentityContext } from '../context.ts'
import { challengeSeconds, newChallenge, passkeyChallengeHash, requireRelyingParty } from './rules.ts'
import { insertPasskeyChallenge } from './store.ts'
import { loadWebauthn } from './webauthn.ts'

/**
 * Starts a passkey sign-in. The options are the same for everyone: they name no account, so they do not reveal who has
 * a passkey. The checks for the answer are stored with the challenge. Throws `passkeys-impossible`.
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
  const { generateAuthenticationOptions } = await loadWebauthn()
  const options = await generateAuthenticationOptions({
    rpID,
    challenge: Buffer.from(challenge, 'base64url'),
    allowCredentials: [],
    userVerification: mustVerifyUser ? 'required' : 'preferred',
    timeout: challengeSeconds * 1000,
  })
  return { options: { ...options } }
}

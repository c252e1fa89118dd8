import type { Output } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { accessOwnAccount } from '../account/access.ts'
import type { IdentityContext } from '../context.ts'
import { algorithms, challengeSeconds, newChallenge, passkeyChallengeHash, requireRelyingParty } from './rules.ts'
import { insertPasskeyChallenge, listPasskeyRows } from './store.ts'
import { loadWebauthn } from './webauthn.ts'

/** Starts the registration of a discoverable passkey, so sign-in needs no username. */
export async function startPasskey(ctx: IdentityContext): Promise<Output<typeof identity, 'startPasskey'>> {
  const rpID = requireRelyingParty(ctx.origin)
  const { id: userId, username, display_name: displayName } = await accessOwnAccount(ctx.db, ctx.actor)
  const challenge = newChallenge()
  await insertPasskeyChallenge(ctx.db, {
    hash: passkeyChallengeHash(challenge),
    purpose: 'register',
    userId,
    mustVerifyUser: false,
    seconds: challengeSeconds,
  })
  const known = await listPasskeyRows(ctx.db, userId)
  const { generateRegistrationOptions } = await loadWebauthn()
  const options = await generateRegistrationOptions({
    rpName: 'Octet',
    rpID,
    userID: new TextEncoder().encode(userId),
    userName: username,
    userDisplayName: displayName,
    challenge: Buffer.from(challenge, 'base64url'),
    attestationType: 'none',
    excludeCredentials: known.map(({ credential_id: id }) => ({ id })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'preferred' },
    supportedAlgorithmIDs: algorithms,
    timeout: challengeSeconds * 1000,
  })
  return { options: { ...options } }
}

import type { PasskeyAssertion } from '@octet/contracts/identity'
import type { IdentityContext } from '../context.ts'
import type { VerifiedFactor } from '../factors/verified-factor.ts'
import { problem } from '../problem.ts'
import { challengeIn, passkeyChallengeHash, requireRelyingParty } from './rules.ts'
import { advanceCounter, findPasskey, type PasskeyRow, type Purpose, takePasskeyChallenge } from './store.ts'
import { loadWebauthn } from './webauthn.ts'

interface PasskeyProof extends VerifiedFactor {
  /** Owner of the passkey. */
  readonly userId: string
}

/**
 * Verifies a passkey's signature. It counts as two factors when the device verified its user, otherwise as one. The
 * challenge is used up in any case, the counter when `claim` succeeds. Throws `passkey-refused` without a reason:
 * details would only help a forger.
 */
export async function verifyPasskey(
  ctx: IdentityContext,
  response: PasskeyAssertion,
  purpose: Purpose,
): Promise<PasskeyProof> {
  const challenge = challengeIn(response.response.clientDataJSON)
  if (challenge === undefined) throw problem('passkey-refused')
  const asked = await takePasskeyChallenge(ctx.db, passkeyChallengeHash(challenge), purpose)
  const passkey = asked && (await findPasskey(ctx.db, response.id))
  if (asked === undefined || passkey === undefined) throw problem('passkey-refused')
  const { userHandle } = response.response
  if (userHandle !== undefined && Buffer.from(userHandle, 'base64url').toString() !== passkey.user_id) {
    throw problem('passkey-refused')
  }
  const { verifyAuthenticationResponse } = await loadWebauthn()
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response: { ...response, clientExtensionResults: {} } as never,
    expectedChallenge: challenge,
    expectedOrigin: ctx.origin,
    expectedRPID: requireRelyingParty(ctx.origin),
    // The counter is checked in `claim`: two concurrent uses must not both pass an earlier check.
    credential: { id: passkey.credential_id, publicKey: new Uint8Array(passkey.public_key), counter: 0 },
    requireUserVerification: asked.must_verify_user,
  }).catch(error => {
    throw problem('passkey-refused', { cause: error })
  })
  if (!verified) throw problem('passkey-refused')
  const { newCounter, userVerified } = authenticationInfo
  return {
    userId: passkey.user_id,
    passkeyId: passkey.id,
    aal: userVerified ? 2 : 1,
    firstFactor: 'passkey',
    async claim(tx) {
      if (!(await advanceCounter(tx, passkey.id, newCounter))) throw refuseCopy(ctx, passkey, newCounter)
    },
  }
}

function refuseCopy({ log }: IdentityContext, { id, user_id: userId }: PasskeyRow, counter: number) {
  log.warn({ passkeyId: id, userId, counter }, 'the counter of a passkey went backwards; it may have been copied')
  return problem('passkey-refused')
}

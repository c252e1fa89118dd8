import { type Input, type Output, requireUser } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { newId } from '@octet/db'
import { cleanDisplayName } from '../account/rules.ts'
import { audit } from '../audit/audit.ts'
import type { IdentityContext } from '../context.ts'
import { isTwoStep, requireTwoFactorSession } from '../factors/challenge-problem.ts'
import { newRecoveryCodes } from '../factors/recovery-codes.ts'
import { holdAccount, putRecoveryCodes } from '../factors/store.ts'
import { problem } from '../problem.ts'
import { endSessions, raiseSession } from '../sessions/store.ts'
import { revocationKeepMs } from '../sessions/tokens.ts'
import { algorithms, challengeIn, passkeyChallengeHash, passkeyViewOf, requireRelyingParty } from './rules.ts'
import { insertPasskey, listPasskeyRows, type NewPasskey, passkeysMax, takePasskeyChallenge } from './store.ts'
import { loadWebauthn } from './webauthn.ts'

type Registration = Input<typeof identity, 'addPasskey'>

/**
 * Adds a passkey. The first one that protects the password enables the second factor, as an app does. Throws
 * `passkey-refused`, `passkey-known`, `passkeys-full`, `fresh-sign-in-required`.
 */
export async function addPasskey(
  ctx: IdentityContext,
  input: Registration,
): Promise<Output<typeof identity, 'addPasskey'>> {
  const { userId, sessionId } = requireUser(ctx.actor)
  const passkey = await verified(ctx, userId, input)
  const { codes, hashes } = newRecoveryCodes()
  const { row, turnsOn, ended } = await ctx.db.transaction('identity.addPasskey', async tx => {
    await holdAccount(tx, userId)
    await requireTwoFactorSession(tx, ctx.actor) // a passkey can count as two factors
    const turnsOn = passkey.guardsPassword && !(await isTwoStep(tx, userId))
    if ((await listPasskeyRows(tx, userId)).length >= passkeysMax) throw problem('passkeys-full')
    const row = await insertPasskey(tx, passkey)
    if (row === undefined) throw problem('passkey-known')
    let ended: string[] = []
    if (turnsOn) {
      await putRecoveryCodes(tx, userId, hashes)
      await raiseSession(tx, sessionId)
      const how = { reason: 'signed-out', keepMs: revocationKeepMs } as const
      if (input.signOutOthers ?? true) ended = await endSessions(tx, { userId, allBut: sessionId }, how)
    }
    await audit(ctx, tx, { userId, action: 'passkey-added', details: { name: passkey.name } })
    return { row, turnsOn, ended }
  })
  ctx.revocations.endSessions(ended)
  return { passkey: passkeyViewOf(row), recoveryCodes: turnsOn ? [...codes] : [] }
}

async function verified(ctx: IdentityContext, userId: string, input: Registration): Promise<NewPasskey> {
  const { passkey: response } = input
  const challenge = challengeIn(response.response.clientDataJSON)
  if (challenge === undefined) throw problem('passkey-refused')
  const asked = await takePasskeyChallenge(ctx.db, passkeyChallengeHash(challenge), 'register')
  if (asked?.user_id !== userId) throw problem('passkey-refused', { detail: 'The registration took too long.' })
  const { verifyRegistrationResponse } = await loadWebauthn()
  const { registrationInfo } = await verifyRegistrationResponse({
    response: { ...response, clientExtensionResults: {} } as never,
    expectedChallenge: challenge,
    expectedOrigin: ctx.origin,
    expectedRPID: requireRelyingParty(ctx.origin),
    requireUserVerification: asked.must_verify_user,
    supportedAlgorithmIDs: algorithms,
  }).catch(error => {
    throw problem('passkey-refused', { cause: error })
  })
  if (registrationInfo === undefined) throw problem('passkey-refused')
  const { credential, aaguid, credentialBackedUp } = registrationInfo
  return {
    id: newId(),
    userId,
    credentialId: credential.id,
    publicKey: credential.publicKey,
    counter: credential.counter,
    transports: response.response.transports ?? [],
    aaguid,
    isBackedUp: credentialBackedUp,
    name: cleanDisplayName(input.name ?? '') ?? 'Passkey',
    guardsPassword: input.guardsPassword ?? false,
  }
}

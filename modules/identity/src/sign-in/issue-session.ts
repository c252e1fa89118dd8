import { commonProblem } from '@octet/contracts'
import { newId } from '@octet/db'
import { addressPrefix } from '@octet/http'
import { cleanUserAgent } from '../account/rules.ts'
import { findUser } from '../account/store.ts'
import { audit } from '../audit/audit.ts'
import type { IdentityContext } from '../context.ts'
import { deleteWaitingErasure } from '../erasure/store.ts'
import { challengeProblem, isTwoStep } from '../factors/challenge-problem.ts'
import type { VerifiedFactor } from '../factors/verified-factor.ts'
import { notifyOwner } from '../mail/notify-owner.ts'
import { problem } from '../problem.ts'
import { sealRefreshKey } from '../sessions/refresh-key.ts'
import { findFamiliar, insertSession, type Lifetime, type NewSession } from '../sessions/store.ts'

const hourSeconds = 60 * 60
const daySeconds = 24 * hourSeconds

/** NIST SP 800-63B-4 suggests at most a day (AAL2). People expect weeks, and step-up protects sensitive operations. */
export const remembered: Lifetime = { idleSeconds: 30 * daySeconds, absoluteSeconds: 90 * daySeconds }
/** For browsers that drop the cookie on closing. */
export const untilClosed: Lifetime = { idleSeconds: 12 * hourSeconds, absoluteSeconds: 90 * daySeconds }

export interface IssuedSession {
  readonly sessionId: string
  /** When it began, in Unix milliseconds by the database's clock. */
  readonly provenAtMs: number
}

interface Beginning extends Pick<NewSession, 'userId' | 'credential'> {
  readonly lifetime: Lifetime
  /** The factor verified beyond the first one. */
  readonly verified?: VerifiedFactor
}

/**
 * Creates a session for the user on the requesting device. Every sign-in method calls this, so none can bypass the
 * second factor or enter a disabled account. Throws `second-factor-required` when a second factor is enabled and only
 * one is verified, otherwise `account-disabled`. Cancels a pending deletion of the account.
 */
export async function issueSession(
  ctx: IdentityContext,
  { userId, credential, lifetime, verified }: Beginning,
): Promise<IssuedSession> {
  const { client } = ctx.request
  const sessionId = newId()
  const kept =
    credential.kind === 'web'
      ? credential
      : { kind: credential.kind, refreshKey: sealRefreshKey(ctx.secrets, sessionId, credential.refreshKey) }
  const aal = verified?.aal ?? 1
  if (aal === 1 && (await isTwoStep(ctx.db, userId))) {
    if ((await findUser(ctx.db, userId))?.disabled_at !== null) throw problem('account-disabled')
    const remember = lifetime.idleSeconds >= remembered.idleSeconds
    const first = verified?.firstFactor ?? 'password'
    throw await challengeProblem(ctx, { user_id: userId, kind: credential.kind, remember, first_factor: first })
  }
  const provenAtMs = await ctx.db.transaction('identity.issueSession', async tx => {
    await verified?.claim(tx)
    const userAgent = cleanUserAgent(client?.userAgent ?? '')
    const device = { userId, userAgent, addressPrefix: client === undefined ? '' : addressPrefix(client.address) }
    const { hasSessions, isFamiliar } = await findFamiliar(tx, device)
    const proof = { aal, passkeyId: verified?.passkeyId }
    const begunAtMs = await insertSession(tx, { id: sessionId, credential: kept, ...proof, ...device, ...lifetime })
    // A second factor may just have been enabled: that transaction waits for sessions being created and ends them, or
    // this one waits for it.
    if (aal === 1 && (await isTwoStep(tx, userId)))
      throw commonProblem('unavailable', { retryAfterMs: 1, executed: 'no' })
    // Checked after the insertion, which waits for a transaction that disables the account and then sees it.
    const user = await findUser(tx, userId)
    if (user === undefined || user.disabled_at !== null) throw problem('account-disabled')
    if (hasSessions && !isFamiliar) await notifyOwner(ctx, tx, user, 'new-device')
    await audit(ctx, tx, { userId, action: 'signed-in', details: { kind: credential.kind } })
    if (await deleteWaitingErasure(tx, userId)) await audit(ctx, tx, { userId, action: 'deletion-cancelled' })
    return begunAtMs
  })
  return { sessionId, provenAtMs }
}

import { type Input, type Output, requireUser } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import type { Tx } from '@octet/db'
import { accessOwnAccount } from '../account/access.ts'
import { meOf } from '../account/rules.ts'
import { audit } from '../audit/audit.ts'
import type { IdentityContext } from '../context.ts'
import type { VerifiedFactor } from '../factors/verified-factor.ts'
import { problem } from '../problem.ts'
import { newCookieValue } from '../sessions/cookie.ts'
import { offerSteppedUpCookie } from '../sessions/cookie-store.ts'
import { openRefreshKey } from '../sessions/refresh-key.ts'
import * as store from '../sessions/store.ts'
import { remembered } from './issue-session.ts'
import { tokensFor } from './issue-tokens.ts'
import type { WebSession } from './sign-browser-in.ts'
import { verifyPresence } from './verify-presence.ts'

/**
 * Verifies the person of an API session again. Only the new access token counts as fresh. Throws `wrong-credentials`,
 * `other-session-kind`, `session-ended`.
 */
export async function stepUp(
  ctx: IdentityContext,
  input: Input<typeof identity, 'stepUp'>,
): Promise<Output<typeof identity, 'stepUp'>> {
  const { userId, sessionId } = requireUser(ctx.actor)
  const kept = await store.findRefreshKey(ctx.db, sessionId)
  if (kept === undefined) throw problem('other-session-kind')
  const refreshKey = openRefreshKey(ctx.secrets, sessionId, kept)
  const verified = await verifyPresence(ctx, input)
  const { user, provenAtMs, counter } = await ctx.db.transaction('identity.stepUp', async tx => {
    const advanced = await advance(tx, sessionId, verified)
    await audit(ctx, tx, { userId, action: 'stepped-up', details: { factors: verified.aal } })
    return advanced
  })
  return tokensFor(ctx, user, { sessionId, provenAtMs, counter, refreshKey })
}

async function advance(tx: Tx, sessionId: string, verified: VerifiedFactor) {
  const user = await store.lockForRefresh(tx, sessionId)
  if (user?.is_alive !== true) throw problem('session-ended')
  await verified.claim(tx)
  await store.advanceRefresh(tx, sessionId)
  const provenAtMs = await store.recordStepUp(tx, sessionId, verified.aal)
  return { user, provenAtMs, counter: user.refresh_counter + 1 }
}

/**
 * Verifies the person of a browser session again. Only the new cookie counts as fresh, so a copy of the old one gains
 * nothing (A12). Throws `wrong-credentials`, `other-session-kind`.
 */
export async function webStepUp(ctx: IdentityContext, input: Input<typeof identity, 'webStepUp'>): Promise<WebSession> {
  const { userId, sessionId } = requireUser(ctx.actor)
  const { aal, claim } = await verifyPresence(ctx, input)
  const { value, hash } = newCookieValue()
  const offered = await ctx.db.transaction('identity.webStepUp', async tx => {
    const session = await offerSteppedUpCookie(tx, { userId, sessionId, hash, aal })
    if (session === undefined) throw problem('other-session-kind')
    await claim(tx)
    await audit(ctx, tx, { userId, action: 'stepped-up', details: { factors: aal } })
    return session
  })
  const maxAgeSeconds = offered.idle_seconds < remembered.idleSeconds ? undefined : offered.left_seconds
  return { me: meOf(await accessOwnAccount(ctx.db, ctx.actor)), cookie: ctx.cookie.set(value, maxAgeSeconds) }
}

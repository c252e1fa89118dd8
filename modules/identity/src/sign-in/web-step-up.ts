import { type Input, requireUser } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { accessOwnAccount } from '../account/access.ts'
import { meOf } from '../account/rules.ts'
import { audit } from '../audit/audit.ts'
import type { IdentityContext } from '../context.ts'
import { problem } from '../problem.ts'
import { newCookieValue } from '../sessions/cookie.ts'
import { offerProvenCookie } from '../sessions/cookie-store.ts'
import { remembered } from './issue-session.ts'
import { provePresence } from './prove-presence.ts'
import type { WebSession } from './sign-browser-in.ts'

/**
 * Proves anew that it is the person in front of the browser. The freshness is bound to the new cookie: whoever holds
 * a copy of the old one gains nothing (A12). Throws `wrong-credentials`, `other-session-kind`.
 */
export async function webStepUp(ctx: IdentityContext, input: Input<typeof identity, 'webStepUp'>): Promise<WebSession> {
  const { userId, sessionId } = requireUser(ctx.actor)
  const { aal, claim } = await provePresence(ctx, input)
  const { value, hash } = newCookieValue()
  const offered = await ctx.db.transaction('identity.webStepUp', async tx => {
    const session = await offerProvenCookie(tx, { userId, sessionId, hash, aal })
    if (session === undefined) throw problem('other-session-kind')
    await claim(tx)
    await audit(ctx, tx, { userId, action: 'stepped-up', details: { factors: aal } })
    return session
  })
  const maxAgeSeconds = offered.idle_seconds < remembered.idleSeconds ? undefined : offered.left_seconds
  return { me: meOf(await accessOwnAccount(ctx.db, ctx.actor)), cookie: ctx.cookie.set(value, maxAgeSeconds) }
}

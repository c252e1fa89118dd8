/** Browser sessions and their cookie. */
import type { Me } from '@octet/contracts/identity'
import { meOf, type UserRow } from '../account/rules.ts'
import type { IdentityContext } from '../context.ts'
import type { VerifiedFactor } from '../factors/verified-factor.ts'
import { newCookieValue } from '../sessions/cookie.ts'
import { offerRenewedCookie } from '../sessions/cookie-store.ts'
import { endSessions } from '../sessions/end-sessions.ts'
import { issueSession, remembered, untilClosed } from './issue-session.ts'

export interface WebSession {
  readonly me: Me
  /** `Set-Cookie`. */
  readonly cookie: string
}

/** A session that was just created. */
export interface BegunWebSession extends WebSession {
  /** Whether the session survives closing the browser. */
  readonly remember: boolean
}

/**
 * Always creates a new session, so a session planted in the browser is worthless, and ends the previous one. Throws
 * `second-factor-required`.
 */
export async function signBrowserIn(
  ctx: IdentityContext,
  { user, remember, verified }: { user: UserRow; remember: boolean; verified?: VerifiedFactor },
): Promise<BegunWebSession> {
  const { value, hash } = newCookieValue()
  const lifetime = remember ? remembered : untilClosed
  await issueSession(ctx, { userId: user.id, credential: { kind: 'web', cookieHash: hash }, lifetime, verified })
  if (ctx.actor.kind === 'user') {
    await endSessions(ctx, { userId: ctx.actor.userId, only: ctx.actor.sessionId }, { reason: 'replaced' })
  }
  return { me: meOf(user), cookie: ctx.cookie.set(value, remember ? lifetime.absoluteSeconds : undefined), remember }
}

/** `Set-Cookie` with a new cookie for a browser session whose cookie is a day old, otherwise `undefined`. */
export async function renewCookie(ctx: IdentityContext): Promise<string | undefined> {
  if (ctx.actor.kind !== 'user') return undefined
  const { userId, sessionId } = ctx.actor
  const { value, hash } = newCookieValue()
  const offered = await offerRenewedCookie(ctx.db, { userId, sessionId, hash })
  if (offered === undefined) return undefined
  return ctx.cookie.set(value, offered.idle_seconds < remembered.idleSeconds ? undefined : offered.left_seconds)
}

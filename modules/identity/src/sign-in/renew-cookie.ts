import type { IdentityContext } from '../context.ts'
import { newCookieValue } from '../sessions/cookie.ts'
import { offerOlderCookie } from '../sessions/cookie-store.ts'
import { remembered } from './issue-session.ts'

/** `Set-Cookie` with a new cookie for a browser session whose cookie is a day old; `undefined` for all others. */
export async function renewCookie(ctx: IdentityContext): Promise<string | undefined> {
  if (ctx.actor.kind !== 'user') return undefined
  const { userId, sessionId } = ctx.actor
  const { value, hash } = newCookieValue()
  const offered = await offerOlderCookie(ctx.db, { userId, sessionId, hash })
  if (offered === undefined) return undefined
  return ctx.cookie.set(value, offered.idle_seconds < remembered.idleSeconds ? undefined : offered.left_seconds)
}

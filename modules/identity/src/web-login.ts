import type { Input, identity } from '@octet/contracts'
import type { IdentityContext } from './context.ts'
import { endSessions } from './end-sessions.ts'
import { issueCookie, type WebSession } from './issue-session.ts'
import { checkCredentials } from './login.ts'
import type { UserRow } from './rules.ts'

/** Signs the browser in. Throws what `login` throws; a failure leaves the browser's session as it was. */
export async function webLogin(ctx: IdentityContext, input: Input<typeof identity, 'webLogin'>): Promise<WebSession> {
  const user = await checkCredentials(ctx, input)
  return signBrowserIn(ctx, { user, remember: input.remember ?? true })
}

/** Always a new session; the one the browser came with ends. */
export async function signBrowserIn(
  ctx: IdentityContext,
  { user, remember }: { user: UserRow; remember: boolean },
): Promise<WebSession> {
  const session = await issueCookie(ctx, ctx.db, { user, remember })
  if (ctx.actor.kind === 'user') {
    await endSessions(ctx, { userId: ctx.actor.userId, only: ctx.actor.sessionId }, 'replaced')
  }
  return session
}

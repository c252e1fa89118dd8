import { requireUser } from '@octet/contracts'
import type { IdentityContext } from '../context.ts'
import { endSessions } from '../sessions/end-sessions.ts'

/** Ends the session of this request: its cookie, access tokens and refresh token. */
export async function logout(ctx: IdentityContext): Promise<void> {
  const { userId, sessionId } = requireUser(ctx.actor)
  await endSessions(ctx, { userId, only: sessionId }, { reason: 'logout', action: 'signed-out' })
}

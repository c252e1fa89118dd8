import { requireUser } from '@octet/contracts'
import type { IdentityContext } from '../context.ts'
import { endSessions } from '../sessions/end-sessions.ts'

/** Ends the session this request was made with: its cookie, its access tokens and its refresh token. */
export async function logout(ctx: IdentityContext): Promise<void> {
  const { userId, sessionId } = requireUser(ctx.actor)
  await endSessions(ctx, { userId, only: sessionId }, { reason: 'logout', action: 'signed-out' })
}

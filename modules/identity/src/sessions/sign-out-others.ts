import { type Output, requireUser } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import type { IdentityContext } from '../context.ts'
import { endSessions } from './end-sessions.ts'

/** Ends every session of the caller except the current one. */
export async function signOutOthers(ctx: IdentityContext): Promise<Output<typeof identity, 'signOutOthers'>> {
  const { userId, sessionId } = requireUser(ctx.actor)
  await endSessions(ctx, { userId, allBut: sessionId }, { reason: 'signed-out', action: 'signed-out-others' })
  return {}
}

import { type Input, type Output, requireUser } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import type { IdentityContext } from '../context.ts'
import { accessOwnSession } from './access.ts'
import { endSessions } from './end-sessions.ts'

/** Ends one of the caller's sessions. Idempotent. Throws `not-found`. */
export async function signOutDevice(
  ctx: IdentityContext,
  input: Input<typeof identity, 'signOutDevice'>,
): Promise<Output<typeof identity, 'signOutDevice'>> {
  const sessionId = await accessOwnSession(ctx.db, ctx.actor, input.id)
  const choice = { userId: requireUser(ctx.actor).userId, only: sessionId }
  await endSessions(ctx, choice, { reason: 'signed-out', action: 'signed-out-device' })
  return {}
}

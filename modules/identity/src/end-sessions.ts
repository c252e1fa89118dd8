import type { IdentityContext } from './context.ts'
import * as store from './session-store.ts'
import { revocationKeepMs } from './tokens.ts'

/**
 * Ends the chosen sessions: in the database, one statement, so it needs no transaction; then in this process at once.
 * The others hear of it by their next poll.
 */
export async function endSessions(
  ctx: IdentityContext,
  choice: store.SessionChoice,
  reason: store.RevokeReason,
): Promise<void> {
  const ended = await store.endSessions(ctx.db, choice, { reason, keepMs: revocationKeepMs })
  ctx.revocations.endSessions(ended)
}

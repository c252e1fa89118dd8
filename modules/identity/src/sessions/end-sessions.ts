import { type AuditNote, audit } from '../audit/audit.ts'
import type { IdentityContext } from '../context.ts'
import * as store from './store.ts'
import { revocationKeepMs } from './tokens.ts'

/**
 * Ends the chosen sessions in the database, with the audit entry `action` if any was active, then in this process at
 * once. Other processes learn about it with their next poll.
 */
export async function endSessions(
  ctx: IdentityContext,
  choice: store.SessionChoice,
  { reason, action }: { reason: store.RevokeReason; action?: AuditNote['action'] },
): Promise<void> {
  const ended = await ctx.db.transaction('identity.endSessions', async tx => {
    const ids = await store.endSessions(tx, choice, { reason, keepMs: revocationKeepMs })
    if (action !== undefined && ids.length > 0) {
      await audit(ctx, tx, { userId: choice.userId, action, details: { sessions: ids.length } })
    }
    return ids
  })
  ctx.revocations.endSessions(ended)
}

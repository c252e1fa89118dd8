/** How sessions end early: in the database first, then in this process at once; the others hear of it by poll. */
import type { Queryable } from '@octet/db'
import type { IdentityContext } from './context.ts'
import * as store from './store.ts'
import { revocationKeepMs } from './tokens.ts'

/** Ends the chosen sessions. One statement, so it needs no transaction. */
export async function endSessions(
  ctx: IdentityContext,
  choice: store.SessionChoice,
  reason: store.RevokeReason,
  db: Queryable = ctx.db,
): Promise<void> {
  const ended = await store.endSessions(db, choice, { reason, keepMs: revocationKeepMs })
  ctx.revocations.endSessions(ended)
}

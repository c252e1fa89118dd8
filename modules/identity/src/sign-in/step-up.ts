import { type Input, type identity, type Output, requireUser } from '@octet/contracts'
import type { Tx } from '@octet/db'
import { audit } from '../audit/audit.ts'
import type { IdentityContext } from '../context.ts'
import type { Proven } from '../factors/proven.ts'
import { problem } from '../problem.ts'
import { openRefreshKey } from '../sessions/refresh-key.ts'
import * as store from '../sessions/store.ts'
import { tokensFor } from './issue-tokens.ts'
import { provePresence } from './prove-presence.ts'

/**
 * Proves anew that it is the person who holds an API session. The freshness is in the new access token only; the old
 * one stays what it was. Throws `wrong-credentials`, `other-session-kind`, `session-ended`.
 */
export async function stepUp(
  ctx: IdentityContext,
  input: Input<typeof identity, 'stepUp'>,
): Promise<Output<typeof identity, 'stepUp'>> {
  const { userId, sessionId } = requireUser(ctx.actor)
  const kept = await store.findRefreshKey(ctx.db, sessionId)
  if (kept === undefined) throw problem('other-session-kind')
  const refreshKey = openRefreshKey(ctx.secrets, sessionId, kept)
  const proven = await provePresence(ctx, input)
  const { user, provenAtMs, counter } = await ctx.db.transaction('identity.stepUp', async tx => {
    const advanced = await advance(tx, sessionId, proven)
    await audit(ctx, tx, { userId, action: 'stepped-up', details: { factors: proven.aal } })
    return advanced
  })
  return tokensFor(ctx, user, { sessionId, provenAtMs, counter, refreshKey })
}

async function advance(tx: Tx, sessionId: string, proven: Proven) {
  const user = await store.lockForRefresh(tx, sessionId)
  if (user?.is_alive !== true) throw problem('session-ended')
  await proven.claim(tx)
  await store.advanceRefresh(tx, sessionId)
  const provenAtMs = await store.proveSession(tx, sessionId, proven.aal)
  return { user, provenAtMs, counter: user.refresh_counter + 1 }
}

import type { Input, Output } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import type { Tx } from '@octet/db'
import { audit } from '../audit/audit.ts'
import type { IdentityContext } from '../context.ts'
import { notifyOwner } from '../mail/notify-owner.ts'
import { problem } from '../problem.ts'
import { openRefreshKey } from '../sessions/refresh-key.ts'
import { isAuthentic, type ParsedRefreshToken, parseRefreshToken } from '../sessions/refresh-token.ts'
import { decideRefresh } from '../sessions/rules.ts'
import * as store from '../sessions/store.ts'
import { revocationKeepMs } from '../sessions/tokens.ts'
import { tokensFor } from './issue-tokens.ts'

type Outcome =
  | { readonly kind: 'issue'; readonly user: store.RefreshRow; readonly counter: number }
  | { readonly kind: 'ended' }
  /** An old token was used again; `ended` lists the sessions that were ended because of it. */
  | { readonly kind: 'replayed'; readonly ended: readonly string[] }

/**
 * Exchanges a refresh token for the session's newest pair; see {@link decideRefresh}. Reads the current roles. Throws
 * `session-ended`; `session-replayed` after ending the session permanently.
 */
export async function refresh(
  ctx: IdentityContext,
  input: Input<typeof identity, 'refresh'>,
): Promise<Output<typeof identity, 'refresh'>> {
  const token = parseRefreshToken(input.refreshToken)
  if (token === undefined) throw problem('session-ended')
  // Only a token we signed may lock a row or end a session. Otherwise a stranger could do so.
  const kept = await store.findRefreshKey(ctx.db, token.sessionId)
  if (kept === undefined) throw problem('session-ended')
  const refreshKey = openRefreshKey(ctx.secrets, token.sessionId, kept)
  if (!isAuthentic(token, refreshKey)) throw problem('session-ended')
  const outcome = await ctx.db.transaction('identity.refresh', tx => settle(ctx, tx, token))
  switch (outcome.kind) {
    case 'issue':
      return tokensFor(ctx, outcome.user, {
        sessionId: token.sessionId,
        provenAtMs: outcome.user.proven_at_ms,
        counter: outcome.counter,
        refreshKey,
      })
    case 'ended':
      throw problem('session-ended')
    case 'replayed':
      // After the commit: thrown inside, the error would roll the revocation back.
      ctx.revocations.endSessions(outcome.ended)
      ctx.measures.sessionsReplayed.add(outcome.ended.length)
      throw problem('session-replayed')
  }
}

async function settle(ctx: IdentityContext, tx: Tx, token: ParsedRefreshToken): Promise<Outcome> {
  const session = await store.lockForRefresh(tx, token.sessionId)
  if (session?.revoke_reason === 'replayed') return { kind: 'replayed', ended: [] }
  if (session === undefined || !session.is_alive) return { kind: 'ended' }
  const counter = session.refresh_counter
  const state = { counter, refreshedAgoMs: session.refreshed_ago_ms, graceAnswers: session.grace_answers }
  switch (decideRefresh(state, token.counter)) {
    case 'advance':
      await store.advanceRefresh(tx, token.sessionId)
      return { kind: 'issue', user: session, counter: counter + 1 }
    case 'grace':
      await store.countGraceAnswer(tx, token.sessionId)
      return { kind: 'issue', user: session, counter }
    case 'repeat':
      return { kind: 'issue', user: session, counter }
    case 'foreign':
      return { kind: 'ended' }
    case 'replay': {
      const choice = { userId: session.id, only: token.sessionId }
      const ended = await store.endSessions(tx, choice, { reason: 'replayed', keepMs: revocationKeepMs })
      await notifyOwner(ctx, tx, session, 'session-replayed')
      await audit(ctx, tx, { userId: session.id, action: 'session-replayed', by: 'system' })
      return { kind: 'replayed', ended }
    }
  }
}

import { type Input, type Output, requireUser } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { pageOf, readPage, totalOf } from '@octet/kernel'
import type { IdentityContext } from '../context.ts'
import { countSessions, listSessions } from './store.ts'

/** The caller's active sessions, most recently used first. `lastSeenAt` is up to a minute old. */
export async function listDevices(
  ctx: IdentityContext,
  input: Input<typeof identity, 'listDevices'>,
): Promise<Output<typeof identity, 'listDevices'>> {
  const { userId, sessionId } = requireUser(ctx.actor)
  const { limit, after } = readPage(input)
  const rows = await listSessions(ctx.db, { userId, limit, after })
  const total = await totalOf(input, rowsMax => countSessions(ctx.db, userId, rowsMax))
  return pageOf(rows, {
    limit,
    total,
    positionOf: row => ({ at: row.last_seen_at, id: row.id }),
    view: row => ({
      id: row.id,
      kind: row.kind,
      userAgent: row.user_agent,
      address: row.address_prefix,
      createdAt: row.created_at,
      lastSeenAt: row.last_seen_at,
      current: row.id === sessionId,
    }),
  })
}

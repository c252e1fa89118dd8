import { type Input, type Output, requireUser } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { pageOf, readPage, totalOf } from '@octet/kernel'
import type { IdentityContext } from '../context.ts'
import type { StoredEntry } from './rules.ts'
import { countEntries, listEntries } from './store.ts'

type Entries = Output<typeof identity, 'listAudit'>

/** The caller's audit entries, newest first. */
export async function listAudit(ctx: IdentityContext, input: Input<typeof identity, 'listAudit'>): Promise<Entries> {
  const { userId } = requireUser(ctx.actor)
  const { limit, after } = readPage(input, 'number')
  const before = after === undefined ? undefined : Number(after.at)
  const rows = await listEntries(ctx.db, { userId, limit, before })
  const total = await totalOf(input, rowsMax => countEntries(ctx.db, userId, rowsMax))
  return pageOf(rows, { limit, total, positionOf: row => ({ at: String(row.seq), id: userId }), view: entryOf })
}

function entryOf(row: StoredEntry): Entries['data'][number] {
  return {
    seq: row.seq,
    at: row.at,
    action: row.action,
    by: row.by,
    address: row.address,
    userAgent: row.user_agent,
    details: { ...row.details },
    // Owners do not learn which administrator it was.
    otherUserId: row.by === 'self' ? row.other_user_id : null,
  }
}

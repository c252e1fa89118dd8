import type { Input, Output } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { pageOf, readPage, totalOf } from '@octet/kernel'
import { publicUserOf } from '../account/rules.ts'
import type { IdentityContext } from '../context.ts'
import { countReportRows, listReportRows } from './store.ts'

/** Reports about people, oldest first. */
export async function listReports(
  ctx: IdentityContext,
  input: Input<typeof identity, 'listReports'>,
): Promise<Output<typeof identity, 'listReports'>> {
  const { limit, after } = readPage(input)
  const state = input.state ?? 'open'
  const rows = await listReportRows(ctx.db, { state, limit, after })
  const total = await totalOf(input, rowsMax => countReportRows(ctx.db, state, rowsMax))
  return pageOf(rows, {
    limit,
    total,
    positionOf: row => ({ at: row.created_at, id: row.id }),
    view: row => ({
      id: row.id,
      subject: publicUserOf(row.subject),
      reporter: row.reporter === null ? null : publicUserOf(row.reporter),
      reason: row.reason,
      note: row.note,
      createdAt: row.created_at,
      resolvedAt: row.resolved_at,
      outcome: row.outcome,
      resolution: row.resolution,
    }),
  })
}

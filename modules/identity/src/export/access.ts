/** The only way to an export: through its owner. */
import { commonProblem, type Principal, requireUser } from '@octet/contracts'
import type { Queryable } from '@octet/db'
import { type ExportRow, findExport } from './store.ts'

/** One of the actor's own exports. `not-found` both for other people's exports and for missing ones. */
export async function accessOwnExport(db: Queryable, actor: Principal, id: string): Promise<ExportRow> {
  const row = await findExport(db, id)
  if (row === undefined || row.user_id !== requireUser(actor).userId) throw commonProblem('not-found')
  return row
}

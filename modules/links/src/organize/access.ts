/** The only way to obtain a folder: through its owner. */
import { commonProblem, type Principal, requireUser } from '@octet/contracts'
import type { Queryable } from '@octet/db'
import { type FolderRow, listFolders } from './store.ts'

/** A folder of the caller. Throws `not-found` alike for unknown folders and for those of others. */
export async function accessFolder(db: Queryable, actor: Principal, id: string): Promise<FolderRow> {
  const [folder] = await listFolders(db, requireUser(actor).userId, id)
  if (folder === undefined) throw commonProblem('not-found')
  return folder
}

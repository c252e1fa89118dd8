import type { userExported } from '@octet/contracts'
import type { Tx } from '@octet/db'
import type { Static } from 'typebox'
import type { IdentityContext } from '../context.ts'
import { deleteAnswers, recordAnswer } from '../erasure/store.ts'
import { packExportJob } from './pack-export.ts'
import { beginPacking } from './store.ts'

/** Handles `<module>.user-exported`. After the last answer the parts are packed. */
export async function recordExported(
  ctx: IdentityContext,
  tx: Tx,
  { requestId, module }: Static<typeof userExported.data>,
): Promise<void> {
  const noted = await recordAnswer(tx, requestId, module)
  if (noted?.missing !== 0) return
  await deleteAnswers(tx, requestId)
  if (!(await beginPacking(tx, requestId))) return
  await ctx.jobs.enqueue(tx, packExportJob, { exportId: requestId }, { key: requestId })
}

import type { userErased } from '@octet/contracts'
import type { Tx } from '@octet/db'
import type { Static } from 'typebox'
import type { IdentityContext } from '../context.ts'
import * as store from './store.ts'
import { keepTombstonesJob } from './store-tombstones.ts'

/** Handles `<module>.user-erased`. The last answer completes the erasure; a tombstone remains. */
export async function recordErased(
  ctx: IdentityContext,
  tx: Tx,
  { requestId, module }: Static<typeof userErased.data>,
): Promise<void> {
  const noted = await store.recordAnswer(tx, requestId, module)
  if (noted?.missing !== 0 || !(await store.finishErasure(tx, requestId))) return
  await store.deleteAnswers(tx, requestId)
  await ctx.jobs.enqueue(tx, keepTombstonesJob, {}, { key: 'now' })
  ctx.log.info({ requestId }, 'an account was erased')
}

/** What one account may keep. */
import { commonProblem } from '@octet/contracts'
import type { Tx } from '@octet/db'
import type { Target, UploadContext, UploadsOptions } from './context.ts'
import * as store from './store.ts'

/**
 * Makes sure that a file of this size still fits; the row that takes the space belongs into the same transaction, for
 * which the account's other uploads wait. Throws `payload-too-large`, `too-many-files`.
 */
export type Reserve = (tx: Tx, ownerId: string, sizeBytes: number) => Promise<void>

/** The one check of sizes and quotas, for uploads in parts and for files that arrive in one piece. */
export function createQuota<Ctx extends UploadContext, T extends Target, View, Result>({
  module,
  problem,
  limits: { fileBytesMax, accountBytesMax, waitingMax },
  usageOf,
}: UploadsOptions<Ctx, T, View, Result>): Reserve {
  return async (tx, ownerId, sizeBytes) => {
    if (sizeBytes > fileBytesMax) {
      throw commonProblem('payload-too-large', { detail: `A file has at most ${fileBytesMax} bytes.` })
    }
    await store.lockUsage(tx, module, ownerId)
    const [own, unfinished] = [await usageOf(tx, ownerId), await store.usageOf(tx, ownerId)]
    if (own.waiting + unfinished.waiting >= waitingMax) {
      throw problem('too-many-files', { detail: 'Send those that wait, or remove them.' })
    }
    if (own.bytes + unfinished.bytes + sizeBytes > accountBytesMax) {
      throw problem('too-many-files', { detail: `${accountBytesMax} bytes are kept for one account.` })
    }
  }
}

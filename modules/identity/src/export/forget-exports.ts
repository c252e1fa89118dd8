import type { IdentityContext } from '../context.ts'
import { deleteAnswers } from '../erasure/store.ts'
import { deleteArchive } from './rules.ts'
import * as store from './store.ts'

const batchMax = 100

/** Deletes expired exports and those that were never finished. */
export async function forgetExports(ctx: IdentityContext): Promise<void> {
  for (const id of await store.expiredExports(ctx.db, new Date(ctx.now()).toISOString(), batchMax)) {
    await deleteArchive(ctx, id)
    await ctx.db.transaction('identity.forgetExports', async tx => {
      await deleteAnswers(tx, id)
      await store.deleteExport(tx, id)
    })
  }
}

import { newId } from '@octet/db'
import { job } from '@octet/jobs'
import type { IdentityContext } from '../context.ts'
import * as store from './store.ts'

export const keepTombstonesJob = job('identity.keep-tombstones')

const folder = 'erased'
const batchMax = 1_000

/**
 * Copies tombstones to storage, restores those that a restored database has lost, and erases accounts again that came
 * back with a backup.
 */
export async function storeTombstones(ctx: IdentityContext): Promise<void> {
  for (const hash of await store.unstoredTombstones(ctx.db, batchMax)) {
    await ctx.storage.put(`${folder}/${hash}`, nothing(), { sizeBytesMax: 0 })
    await store.insertTombstone(ctx.db, hash)
  }
  for (let after: string | undefined, page = await ctx.storage.list(`${folder}/`); ; ) {
    for (const { key } of page.objects) await store.insertTombstone(ctx.db, key.slice(folder.length + 1))
    after = page.next
    if (after === undefined) break
    page = await ctx.storage.list(`${folder}/`, { after })
  }
  const now = new Date(ctx.now()).toISOString()
  for (const userId of await store.resurrectedUsers(ctx.db, batchMax)) {
    await ctx.db.transaction('identity.storeTombstones', tx =>
      store.insertErasure(tx, { id: newId(), userId, now, dueAt: now }),
    )
    ctx.log.warn({}, 'an erased account came back with a backup; erasing it again')
  }
}

async function* nothing(): AsyncIterable<Uint8Array> {}

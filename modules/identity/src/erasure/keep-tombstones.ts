import { newId } from '@octet/db'
import type { IdentityContext } from '../context.ts'
import * as store from './store.ts'

const folder = 'erased'
const batchMax = 1_000

/**
 * Keeps the tombstones outside the database too, brings back those a restored database has forgotten, and erases again
 * who has come back with it.
 */
export async function keepTombstones(ctx: IdentityContext): Promise<void> {
  for (const hash of await store.unkeptTombstones(ctx.db, batchMax)) {
    await ctx.storage.put(`${folder}/${hash}`, nothing(), { sizeBytesMax: 0 })
    await store.keepTombstone(ctx.db, hash)
  }
  for (let after: string | undefined, page = await ctx.storage.list(`${folder}/`); ; ) {
    for (const { key } of page.objects) await store.keepTombstone(ctx.db, key.slice(folder.length + 1))
    after = page.next
    if (after === undefined) break
    page = await ctx.storage.list(`${folder}/`, { after })
  }
  const now = new Date(ctx.now()).toISOString()
  for (const userId of await store.risenUsers(ctx.db, batchMax)) {
    await ctx.db.transaction('identity.keepTombstones', tx =>
      store.insertErasure(tx, { id: newId(), userId, now, dueAt: now }),
    )
    ctx.log.warn({}, 'somebody who was erased is back, from a backup; erasing again')
  }
}

async function* nothing(): AsyncIterable<Uint8Array> {}

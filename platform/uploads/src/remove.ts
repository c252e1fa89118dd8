/** The end of uploads that are finished, cancelled, abandoned or erased. */
import type { Db, Tx } from '@octet/db'
import type { Storage } from '@octet/storage'
import { partKeys } from './rules.ts'
import * as store from './store.ts'

/** Deletes the bytes first: while the row exists, the sweeper still finds them. Idempotent. */
export async function removeUpload(
  { storage, db }: { readonly storage: Storage; readonly db: Db | Tx },
  id: string,
): Promise<void> {
  await removeParts(storage, id)
  await store.deleteUpload(db, id)
  // A part may have been recorded between the two. No part can be recorded any more.
  await removeParts(storage, id)
}

/** By key prefix and not by row, so that a part whose row was never written is found as well. */
async function removeParts(storage: Storage, id: string): Promise<void> {
  for (;;) {
    const { objects, next } = await storage.list(partKeys.ofUpload(id))
    for (const { key } of objects) await storage.delete(key)
    if (next === undefined) return
  }
}

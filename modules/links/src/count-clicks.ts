import type { links } from '@octet/contracts'
import type { Db } from '@octet/db'
import type { Batch } from '@octet/journal'
import { countClicks, decodeClick } from './rules.ts'
import * as store from './store.ts'

/**
 * Adds a batch of journal records to the counts, exactly once: the journal's position moves in the same transaction,
 * so a batch that comes again after a crash finds the position elsewhere and changes nothing. Throws then.
 */
export async function countBatch(db: Db<typeof links>, batch: Batch): Promise<void> {
  const counts = countClicks(batch.records.map(record => decodeClick(record.toString())))
  await db.transaction('links.countClicks', async tx => {
    if (!(await store.movePosition(tx, batch.journalId, batch))) {
      // The shipper then asks where we are, instead of taking the batch for counted.
      throw new Error(`the clicks of journal ${batch.journalId} are not counted up to where this batch begins`)
    }
    await store.addClicks(tx, counts)
  })
}

import type { links } from '@octet/contracts'
import type { Db } from '@octet/db'
import type { Batch } from '@octet/journal'
import { countClicks, decodeClick } from './rules.ts'
import * as store from './store.ts'

/**
 * Adds a batch of journal records to the counts, exactly once: the journal's position moves in the same transaction,
 * so a batch that comes again after a crash finds the position beyond it and changes nothing.
 */
export async function countBatch(db: Db<typeof links>, batch: Batch): Promise<void> {
  const counts = countClicks(batch.records.map(record => decodeClick(record.toString())))
  await db.transaction('links.countClicks', async tx => {
    if (await store.movePosition(tx, batch.journalId, batch)) await store.addClicks(tx, counts)
  })
}

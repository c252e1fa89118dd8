import type { links } from '@octet/contracts'
import type { Db } from '@octet/db'
import type { Batch } from '@octet/journal'
import { countClicks, countDays, decodeClick } from './click.ts'
import * as store from './click-store.ts'
import { collectClicks } from './delivery-store.ts'

const dayMs = 86_400_000
/** Clicks that are counted later than this still count; only who made them is no longer told apart. */
const sketchDays = 2

/**
 * Adds a batch of journal records to the counts, exactly once: the journal's position moves in the same transaction,
 * so a batch that comes again after a crash finds the position elsewhere and changes nothing. Throws then.
 */
export async function countBatch(db: Db<typeof links>, batch: Batch, nowMs: number): Promise<void> {
  const clicks = batch.records.map(record => decodeClick(record.toString()))
  const counts = countClicks(clicks)
  const days = countDays(clicks)
  await db.transaction('links.countClicks', async tx => {
    if (!(await store.movePosition(tx, batch.journalId, batch))) {
      // The shipper then asks where we are, instead of taking the batch for counted.
      throw new Error(`the clicks of journal ${batch.journalId} are not counted up to where this batch begins`)
    }
    await store.addClicks(tx, counts)
    await store.addDays(tx, days, sketchesSince(nowMs))
    await collectClicks(tx, counts)
  })
}

/** The first day, UTC, whose visitors are still told apart. */
export function sketchesSince(nowMs: number): string {
  return new Date(nowMs - sketchDays * dayMs).toISOString().slice(0, 10)
}

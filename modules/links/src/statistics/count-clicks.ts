import type { links } from '@octet/contracts/links'
import type { Db } from '@octet/db'
import type { Batch } from '@octet/journal'
import { type Click, countClicks, countDays, decodeClick } from '../clicks/click.ts'
import * as store from '../clicks/store.ts'
import { collectClicks } from '../webhooks/click-store.ts'
import * as watchStore from './watch-store.ts'

const dayMs = 86_400_000
/** Clicks counted later than this still count, but no longer as distinct visitors. */
const sketchDays = 2

/**
 * Counts a batch of journal records exactly once: the journal position moves in the same transaction, so a batch that
 * is repeated after a crash finds another position and changes nothing. Throws then.
 */
export async function countBatch(db: Db<typeof links>, batch: Batch, nowMs: number): Promise<void> {
  const clicks = batch.records.map(record => decodeClick(record.toString()))
  const counts = countClicks(clicks)
  const days = countDays(clicks)
  await db.transaction('links.countClicks', async tx => {
    if (!(await store.movePosition(tx, batch.journalId, batch))) {
      // The shipper then asks for the position instead of assuming that the batch was counted.
      throw new Error(`the clicks of journal ${batch.journalId} are not counted up to where this batch begins`)
    }
    // Clicks of links deleted meanwhile are dropped.
    const held = await store.holdLinks(tx, [...new Set(counts.map(({ linkId }) => linkId))])
    const kept = counts.filter(({ linkId }) => held.has(linkId))
    await store.addClicks(tx, kept)
    await store.addDays(
      tx,
      days.filter(({ linkId }) => held.has(linkId)),
      sketchesSince(nowMs),
    )
    await collectClicks(tx, kept)
    const watched = held.intersection(await watchStore.watchedLinks(tx, new Date(nowMs).toISOString()))
    if (watched.size > 0) await watchStore.addRecentClicks(tx, recentClicks(clicks, watched))
  })
}

/** The latest clicks by people on those links, newest first. */
function recentClicks(clicks: readonly Click[], watched: ReadonlySet<string>) {
  const recent = new Map<string, watchStore.RecentClick[]>()
  for (const { linkId, kind, atMs, values } of clicks.toReversed()) {
    if (kind !== 'human' || !watched.has(linkId)) continue
    const known = recent.get(linkId) ?? []
    if (known.length === 0) recent.set(linkId, known)
    if (known.length === watchStore.recentMax) continue
    const { country = '', device = '', referrer = '', variant = '' } = values
    known.push({ at: new Date(atMs).toISOString(), country, device, referrer, variant })
  }
  return recent
}

/** The first UTC day whose visitors are still distinguished. */
export function sketchesSince(nowMs: number): string {
  return new Date(nowMs - sketchDays * dayMs).toISOString().slice(0, 10)
}

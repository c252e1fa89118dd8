import type { Input, Output } from '@octet/contracts'
import type { links } from '@octet/contracts/links'
import type { LinksContext } from '../context.ts'
import { accessLinkForUpdate } from '../manage/access.ts'
import * as store from '../manage/store.ts'

/** Makes a link's statistics public or private. */
export async function setLinkSharing(
  ctx: LinksContext,
  { id, hasPublicStats }: Input<typeof links, 'setLinkSharing'>,
): Promise<Output<typeof links, 'setLinkSharing'>> {
  await ctx.db.transaction('links.setLinkSharing', async tx => {
    const row = await accessLinkForUpdate(tx, ctx.actor, id)
    if (row.has_public_stats === hasPublicStats) return
    await store.setPublicStats(tx, id, hasPublicStats, new Date(ctx.now()).toISOString())
    await tx.publish('link-updated', { linkId: id, version: row.version + 1 })
  })
  ctx.realtime.recheck('shared-clicks', id)
  return { linkId: id, hasPublicStats }
}

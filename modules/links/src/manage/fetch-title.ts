import { Id } from '@octet/contracts'
import { job, type PayloadOf } from '@octet/jobs'
import { fetchPageHead } from '@octet/pages'
import { Type } from 'typebox'
import type { LinksContext } from '../context.ts'
import { titleFetching } from '../flags.ts'
import { webhooks } from '../webhooks/webhooks.ts'
import { linkOf } from './rules.ts'
import * as store from './store.ts'

export const fetchTitleJob = job('links.fetch-title', Type.Object({ linkId: Id }))

/**
 * Sets a link's title to the title of its destination page. A title set meanwhile is kept, and a link whose destination
 * changed gets none. Does nothing while the flag is off. Publishes `link-updated`.
 */
export async function fetchTitle(ctx: LinksContext, { linkId }: PayloadOf<typeof fetchTitleJob>): Promise<void> {
  const link = await store.findLink(ctx.db, linkId)
  if (link === undefined || link.title !== null) return
  // Asked here and not when the link is made: what waits stops too.
  if (!ctx.flags.isOn(titleFetching, link.owner_id ?? undefined)) return
  const page = await fetchPageHead(ctx.outbound, link.url)
  const title = page?.head.title
  if (title === undefined) return
  await ctx.db.transaction('links.fetchTitle', async tx => {
    const row = await store.lockLink(tx, linkId)
    if (row === undefined || row.title !== null || row.url !== link.url) return
    const updatedAt = new Date(ctx.now()).toISOString()
    await store.setTitle(tx, linkId, title, updatedAt)
    const version = row.version + 1
    await tx.publish('link-updated', { linkId, version })
    const data = { link: linkOf({ ...row, title, updated_at: updatedAt, version }, ctx.origin) }
    await webhooks.publish(ctx, tx, { ownerId: row.owner_id, event: 'link.updated', data })
  })
}

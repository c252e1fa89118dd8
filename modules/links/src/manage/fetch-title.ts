import type { Json } from '@octet/jobs'
import { OutboundError } from '@octet/outbound'
import type { LinksContext } from '../context.ts'
import { tellWebhooks } from '../webhooks/tell-webhooks.ts'
import { readPageTitle } from './page-title.ts'
import { linkOf } from './rules.ts'
import * as store from './store.ts'

/** A title stands near the beginning; what comes later is not read. */
const pageBytesMax = 128 * 1024
const request = {
  headers: { accept: 'text/html', 'user-agent': 'octet-title/1' },
  timeoutMs: 10_000,
  bodyBytesMax: pageBytesMax,
  truncate: true,
  redirectsMax: 5,
} as const

/**
 * Gives a link the title of the page it leads to. A title that was set meanwhile stays, and so does none when the link
 * leads elsewhere by now. Publishes `link-updated`.
 */
export async function fetchTitle(ctx: LinksContext, payload: Json): Promise<void> {
  const { linkId } = payload as { linkId: string }
  const link = await store.findLink(ctx.db, linkId)
  if (link === undefined || link.title !== null) return
  const title = await titleOf(ctx, link.url)
  if (title === undefined) return
  await ctx.db.transaction('links.fetchTitle', async tx => {
    const row = await store.lockLink(tx, linkId)
    if (row === undefined || row.title !== null || row.url !== link.url) return
    const updatedAt = new Date(ctx.now()).toISOString()
    await store.setTitle(tx, linkId, title, updatedAt)
    const version = row.version + 1
    await tx.publish('link-updated', { linkId, version })
    const data = { link: linkOf({ ...row, title, updated_at: updatedAt, version }, ctx.origin) }
    await tellWebhooks(ctx, tx, { ownerId: row.owner_id, event: 'link.updated', data })
  })
}

async function titleOf(ctx: LinksContext, url: string): Promise<string | undefined> {
  try {
    const { status, headers, body } = await ctx.outbound.fetch(url, request)
    const type = headers['content-type'] ?? ''
    return status === 200 && /^\s*(text\/html|application\/xhtml\+xml)\b/i.test(type)
      ? readPageTitle(body, type)
      : undefined
  } catch (error) {
    if (error instanceof OutboundError) return undefined
    throw error
  }
}

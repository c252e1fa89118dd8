import type { LinksContext } from '../context.ts'
import * as clickStore from './click-store.ts'
import { webhooks } from './webhooks.ts'

/** How long clicks are collected before one message publishes them. */
const collectMs = 10_000
const webhooksMax = 100
const linksPerMessageMax = 100

/** Turns collected clicks into messages, once each: they are taken in the transaction that queues the message. */
export async function publishClicks(ctx: LinksContext): Promise<void> {
  const before = new Date(ctx.now() - collectMs).toISOString()
  for (const webhookId of await clickStore.webhooksWithClicks(ctx.db, before, webhooksMax)) {
    await ctx.db.transaction('links.publishClicks', async tx => {
      const waiting = await clickStore.takeClicksOf(tx, webhookId, linksPerMessageMax)
      const links = waiting
        .filter(({ code }) => code !== null)
        .map(clicks => ({
          linkId: clicks.link_id,
          code: clicks.code,
          clicks: clicks.clicks,
          botClicks: clicks.bots,
          firstClickedAt: clicks.first_at,
          lastClickedAt: clicks.last_at,
        }))
      if (links.length > 0) await webhooks.queue(ctx, tx, { webhookId, event: 'link.clicked', data: { links } })
    })
  }
}

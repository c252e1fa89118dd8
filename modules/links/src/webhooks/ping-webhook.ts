import type { Input } from '@octet/contracts'
import type { Delivery, links } from '@octet/contracts/links'
import { type LinksContext, problem } from '../context.ts'
import { accessWebhookForUpdate } from './access.ts'
import { deliveryOf } from './rules.ts'
import * as webhookStore from './store.ts'
import { messageBody } from './tell-webhooks.ts'

const pendingMax = 1_000

/** Queues a test message. Throws `webhook-disabled`, `too-many`. */
export async function pingWebhook(ctx: LinksContext, input: Input<typeof links, 'pingWebhook'>): Promise<Delivery> {
  const row = await ctx.db.transaction('links.pingWebhook', async tx => {
    const webhook = await accessWebhookForUpdate(tx, ctx.actor, input.id)
    if (webhook.disabled_at !== null) throw problem('webhook-disabled')
    if ((await webhookStore.countPending(tx, webhook.id, pendingMax)) >= pendingMax) throw problem('too-many')
    const at = new Date(ctx.now()).toISOString()
    const body = messageBody('ping', at, { webhookId: webhook.id })
    return webhookStore.insertDelivery(tx, { webhookId: webhook.id, event: 'ping', body, at })
  })
  return deliveryOf(row)
}

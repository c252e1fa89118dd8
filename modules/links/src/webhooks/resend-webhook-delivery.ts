import { commonProblem, type Input } from '@octet/contracts'
import type { Delivery, links } from '@octet/contracts/links'
import { type LinksContext, problem } from '../context.ts'
import { accessWebhook } from './access.ts'
import { deliveryOf } from './rules.ts'
import * as webhookStore from './store.ts'

/** Sends a message again, now and once more if it fails for good. Throws `webhook-disabled`. */
export async function resendWebhookDelivery(
  ctx: LinksContext,
  input: Input<typeof links, 'resendWebhookDelivery'>,
): Promise<Delivery> {
  const webhook = await accessWebhook(ctx.db, ctx.actor, input.id)
  if (webhook.disabled_at !== null) throw problem('webhook-disabled')
  const known = await webhookStore.findDelivery(ctx.db, webhook.id, input.deliveryId)
  if (known === undefined) throw commonProblem('not-found')
  const row = await webhookStore.makeDue(ctx.db, known.id, new Date(ctx.now()).toISOString())
  return deliveryOf(row ?? known)
}

import { commonProblem, type Input } from '@octet/contracts'
import type { DeliveryDetails, links } from '@octet/contracts/links'
import type { LinksContext } from '../context.ts'
import { accessWebhook } from './access.ts'
import { deliveryOf } from './rules.ts'
import * as webhookStore from './store.ts'

/** One message with all attempts to deliver it. */
export async function getWebhookDelivery(
  ctx: LinksContext,
  input: Input<typeof links, 'getWebhookDelivery'>,
): Promise<DeliveryDetails> {
  const webhook = await accessWebhook(ctx.db, ctx.actor, input.id)
  const row = await webhookStore.findDelivery(ctx.db, webhook.id, input.deliveryId)
  if (row === undefined) throw commonProblem('not-found')
  const attempts = await webhookStore.listAttempts(ctx.db, row.id)
  const log = attempts.map(({ duration_ms: durationMs, ...attempt }) => ({ ...attempt, durationMs }))
  return { ...deliveryOf(row), body: row.body, log }
}

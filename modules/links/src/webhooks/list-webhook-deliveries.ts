import type { Input, Output } from '@octet/contracts'
import type { links } from '@octet/contracts/links'
import { pageOf, readPage } from '@octet/kernel'
import type { LinksContext } from '../context.ts'
import { accessWebhook } from './access.ts'
import { deliveryOf } from './rules.ts'
import * as webhookStore from './store.ts'

/** The messages of one of the caller's webhooks, newest first. */
export async function listWebhookDeliveries(
  ctx: LinksContext,
  input: Input<typeof links, 'listWebhookDeliveries'>,
): Promise<Output<typeof links, 'listWebhookDeliveries'>> {
  const webhook = await accessWebhook(ctx.db, ctx.actor, input.id)
  const { limit, after } = readPage(input)
  const query = { webhookId: webhook.id, limit, before: after?.id, state: input.state }
  return pageOf(await webhookStore.listDeliveries(ctx.db, query), {
    limit,
    positionOf: ({ created_at: at, id }) => ({ at, id }),
    view: deliveryOf,
  })
}

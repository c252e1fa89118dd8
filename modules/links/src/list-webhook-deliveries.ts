import { commonProblem, type Input, type links, type Output } from '@octet/contracts'
import { accessWebhook } from './access.ts'
import type { LinksContext } from './context.ts'
import { deliveryOf } from './webhook-rules.ts'
import * as webhookStore from './webhook-store.ts'

const limitDefault = 20
const cursorPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** The messages of one of the caller's webhooks, newest first. */
export async function listWebhookDeliveries(
  ctx: LinksContext,
  input: Input<typeof links, 'listWebhookDeliveries'>,
): Promise<Output<typeof links, 'listWebhookDeliveries'>> {
  const webhook = await accessWebhook(ctx.db, ctx.actor, input.id)
  const { limit = limitDefault, cursor, state } = input
  if (cursor !== undefined && !cursorPattern.test(cursor)) {
    throw commonProblem('validation-failed', { errors: [{ path: '/cursor', message: 'is not one of ours' }] })
  }
  const found = await webhookStore.listDeliveries(ctx.db, { webhookId: webhook.id, limit, before: cursor, state })
  const rows = found.slice(0, limit)
  const hasMore = found.length > limit
  return {
    data: rows.map(deliveryOf),
    meta: { limit, hasMore, nextCursor: hasMore ? (rows.at(-1)?.id ?? null) : null },
  }
}

import type { WebhookEvent } from '@octet/contracts/links'
import type { Tx } from '@octet/db'
import type { LinksContext } from '../context.ts'
import * as deliveryStore from './delivery-store.ts'
import * as webhookStore from './store.ts'

/** Messages that may wait for one webhook; further ones are counted and dropped. */
const pendingMax = 1_000

export interface Happening {
  readonly ownerId: string | null
  readonly event: WebhookEvent
  readonly data: object
}

/** Queues a message for every webhook of the owner that wants the event, if and only if `tx` commits. */
export async function tellWebhooks(ctx: LinksContext, tx: Tx, { ownerId, event, data }: Happening): Promise<void> {
  if (ownerId === null) return
  const listeners = await deliveryStore.listenersOf(tx, ownerId, event)
  for (const { id } of listeners) await queueMessage(ctx, tx, { webhookId: id, event, data })
}

/** Queues one message for one webhook. */
export async function queueMessage(
  ctx: LinksContext,
  tx: Tx,
  { webhookId, event, data }: { webhookId: string; event: string; data: object },
): Promise<void> {
  if ((await webhookStore.countPending(tx, webhookId, pendingMax)) >= pendingMax) {
    await deliveryStore.countDropped(tx, webhookId)
    return
  }
  const at = new Date(ctx.now()).toISOString()
  await webhookStore.insertDelivery(tx, { webhookId, event, body: messageBody(event, at, data), at })
}

/** What every message looks like (Standard Webhooks, "Payload structure"). */
export function messageBody(type: string, timestamp: string, data: object): string {
  return JSON.stringify({ type, timestamp, data })
}

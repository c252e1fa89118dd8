/** Messages on their way into the queue of a webhook. */
import type { Contract } from '@octet/contracts'
import type { Tx } from '@octet/db'
import type { WebhookContext, WebhooksOptions } from './context.ts'
import * as deliveryStore from './delivery-store.ts'
import { type DeliveryRow, messageBody } from './rules.ts'
import * as store from './store.ts'

/** Messages that may wait for one webhook; further ones are counted and dropped. */
const pendingMax = 1_000

interface Message {
  readonly webhookId: string
  readonly event: string
  readonly data: object
}

export interface Publisher<Ctx> {
  /** Queues the message if and only if `tx` commits; `undefined`: too many wait, so it was dropped and counted. */
  queue(ctx: Ctx, tx: Tx, message: Message): Promise<DeliveryRow | undefined>
  /** The same, but throws `too-many` instead of dropping the message. */
  queueOrThrow(ctx: Ctx, tx: Tx, message: Message): Promise<DeliveryRow>
}

/** The one way into the queue. */
export function createPublisher<C extends Contract, Ctx extends WebhookContext>({
  problem,
}: WebhooksOptions<C, Ctx>): Publisher<Ctx> {
  const insert = async (ctx: Ctx, tx: Tx, { webhookId, event, data }: Message) => {
    if ((await deliveryStore.countPending(tx, webhookId, pendingMax)) >= pendingMax) return undefined
    const at = new Date(ctx.now()).toISOString()
    return deliveryStore.insertDelivery(tx, { webhookId, event, body: messageBody(event, at, data), at })
  }
  return {
    async queue(ctx, tx, message) {
      const row = await insert(ctx, tx, message)
      if (row === undefined) await store.countDropped(tx, message.webhookId)
      return row
    },
    async queueOrThrow(ctx, tx, message) {
      const row = await insert(ctx, tx, message)
      if (row === undefined) throw problem('too-many')
      return row
    },
  }
}

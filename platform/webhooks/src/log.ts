/** What an owner reads of messages, and sends again. */
import { type Contract, commonProblem } from '@octet/contracts'
import { pageOf, readPage, totalOf } from '@octet/kernel'
import { accessWebhook, accessWebhookForUpdate } from './access.ts'
import type { WebhookContext, WebhooksOptions, WebhookUseCases } from './context.ts'
import * as deliveryStore from './delivery-store.ts'
import type { Publisher } from './publish.ts'
import { deliveryOf } from './rules.ts'

type Log = 'pingWebhook' | 'listWebhookDeliveries' | 'getWebhookDelivery' | 'resendWebhookDelivery'

/** Use cases of the log. They throw `not-found`, `webhook-disabled` and, when too many messages wait, `too-many`. */
export function createLog<C extends Contract, Ctx extends WebhookContext>(
  { module, problem }: WebhooksOptions<C, Ctx>,
  publisher: Publisher<Ctx>,
): Pick<WebhookUseCases<Ctx>, Log> {
  return {
    /** Queues a test message. */
    async pingWebhook(ctx, { id }) {
      const row = await ctx.db.transaction(`${module}.pingWebhook`, async tx => {
        const webhook = await accessWebhookForUpdate(ctx, tx, id)
        if (webhook.disabled_at !== null) throw problem('webhook-disabled')
        const data = { webhookId: webhook.id }
        return publisher.queueOrThrow(ctx, tx, { webhookId: webhook.id, event: 'ping', data })
      })
      return deliveryOf(row)
    },
    /** Newest first. */
    async listWebhookDeliveries(ctx, { id, state, ...page }) {
      const webhook = await accessWebhook(ctx, id)
      const { limit, after } = readPage(page)
      const filter = { webhookId: webhook.id, state }
      const query = { ...filter, limit, before: after?.id }
      const total = await totalOf(page, rowsMax => deliveryStore.countDeliveries(ctx.db, filter, rowsMax))
      return pageOf(await deliveryStore.listDeliveries(ctx.db, query), {
        limit,
        total,
        positionOf: ({ created_at: at, id }) => ({ at, id }),
        view: deliveryOf,
      })
    },
    /** One message with all attempts to deliver it. */
    async getWebhookDelivery(ctx, { id, deliveryId }) {
      const webhook = await accessWebhook(ctx, id)
      const row = await deliveryStore.findDelivery(ctx.db, webhook.id, deliveryId)
      if (row === undefined) throw commonProblem('not-found')
      const attempts = await deliveryStore.listAttempts(ctx.db, row.id)
      const log = attempts.map(({ duration_ms: durationMs, ...attempt }) => ({ ...attempt, durationMs }))
      return { ...deliveryOf(row), body: row.body, log }
    },
    /** Sends a message again under its id: now, and once more if all attempts were used up. */
    async resendWebhookDelivery(ctx, { id, deliveryId }) {
      const webhook = await accessWebhook(ctx, id)
      if (webhook.disabled_at !== null) throw problem('webhook-disabled')
      const known = await deliveryStore.findDelivery(ctx.db, webhook.id, deliveryId)
      if (known === undefined) throw commonProblem('not-found')
      const row = await deliveryStore.makeDue(ctx.db, known.id, new Date(ctx.now()).toISOString())
      return deliveryOf(row ?? known)
    },
  }
}

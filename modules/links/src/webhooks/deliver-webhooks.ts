import type { Tx } from '@octet/db'
import { OutboundError } from '@octet/outbound'
import type { LinksContext } from '../context.ts'
import * as deliveryStore from './delivery-store.ts'
import { type DeliveryRow, disabledAfter, pauseMs, secretPurpose, signedHeaders, type WebhookRow } from './rules.ts'
import { tellOfClicks } from './tell-of-clicks.ts'

const batchMax = 16
/** Of one webhook at once, over all processes. */
const perWebhook = 2
const answerMs = 10_000
/** Longer than any attempt takes: whoever still holds a message then has died. */
const leaseMs = 60_000
const responseBytesMax = 2_048
/** We are short of connections ourselves; that is not the webhook's fault. */
const busyPauseMs = 5_000
const roundsMax = 50

/**
 * Delivers every message that is due. At least once: a message whose process dies between answer and note is sent again
 * with the same id. Publishes `webhook-disabled` for a webhook nothing gets through to.
 */
export async function deliverWebhooks(ctx: LinksContext, _payload: unknown, attempt: { signal: AbortSignal }) {
  await tellOfClicks(ctx)
  for (let round = 0; round < roundsMax && !attempt.signal.aborted; round++) {
    const claimed = await ctx.db.transaction('links.claimWebhookDeliveries', tx =>
      deliveryStore.claimDue(tx, { now: time(ctx), until: time(ctx, leaseMs), max: batchMax, perWebhook }),
    )
    if (claimed.length === 0) return
    await Promise.all(claimed.map(delivery => deliver(ctx, delivery)))
  }
}

function time(ctx: LinksContext, laterMs = 0): string {
  return new Date(ctx.now() + laterMs).toISOString()
}

async function deliver(ctx: LinksContext, delivery: DeliveryRow): Promise<void> {
  const webhook = await deliveryStore.webhookOfDelivery(ctx.db, delivery.webhook_id)
  if (webhook === undefined) return
  const result = await send(ctx, webhook, delivery)
  if (result === 'busy') {
    await deliveryStore.postpone(ctx.db, delivery.id, time(ctx, busyPauseMs))
    return
  }
  await ctx.db.transaction('links.settleWebhookDelivery', tx => settle(ctx, tx, { webhook, delivery, result }))
}

interface Result {
  readonly durationMs: number
  readonly status: number | null
  readonly error: string | null
  readonly response: string
}

async function send(ctx: LinksContext, webhook: WebhookRow, delivery: DeliveryRow): Promise<Result | 'busy'> {
  const message = { id: delivery.id, atMs: ctx.now(), body: delivery.body }
  const startedMs = ctx.now()
  const durationMs = () => ctx.now() - startedMs
  try {
    const answer = await ctx.outbound.fetch(webhook.url, {
      method: 'POST',
      headers: signedHeaders(message, validSecrets(ctx, webhook)),
      body: delivery.body,
      timeoutMs: answerMs,
      bodyBytesMax: responseBytesMax,
      truncate: true,
    })
    // A NUL byte is text to everybody but PostgreSQL.
    const response = answer.body.toString().replaceAll('\0', '')
    return { durationMs: durationMs(), status: answer.status, error: null, response }
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error
    if (error.failure === 'busy') return 'busy'
    return { durationMs: durationMs(), status: null, error: error.message, response: '' }
  }
}

/** The newest first; the one before only until its time is over. */
function validSecrets(ctx: LinksContext, webhook: WebhookRow): string[] {
  const { secret, old_secret: old, old_secret_until: until } = webhook
  const sealed = old !== null && until !== null && Date.parse(until) > ctx.now() ? [secret, old] : [secret]
  return sealed.map(one => ctx.secrets.open(one, secretPurpose(webhook.id)).toString())
}

interface Settlement {
  readonly webhook: WebhookRow
  readonly delivery: DeliveryRow
  readonly result: Result
}

async function settle(ctx: LinksContext, tx: Tx, { webhook, delivery, result }: Settlement): Promise<void> {
  const isDelivered = result.status !== null && result.status >= 200 && result.status < 300
  const attempt = delivery.attempts + 1
  const pause = isDelivered ? undefined : pauseMs(attempt, Math.random())
  const at = time(ctx)
  const isKept = await deliveryStore.settleAttempt(tx, {
    id: delivery.id,
    attempt,
    at,
    ...result,
    state: isDelivered ? 'delivered' : pause === undefined ? 'failed' : 'pending',
    dueAt: time(ctx, pause ?? 0),
  })
  if (!isKept) return
  if (isDelivered) {
    await deliveryStore.noteSuccess(tx, webhook.id)
    return
  }
  const failingSince = await deliveryStore.noteFailure(tx, webhook.id, at)
  const reason = disabledAfter(result.status ?? undefined, { failingSince, nowMs: ctx.now() })
  if (reason === undefined || !(await deliveryStore.disableWebhook(tx, webhook.id, reason, at))) return
  await tx.publish('webhook-disabled', { webhookId: webhook.id, ownerId: webhook.owner_id, reason })
}

/** From the queue to the receiver: one job per webhook, so that a slow receiver waits for itself only. */
import { type Contract, Id } from '@octet/contracts'
import type { Tx } from '@octet/db'
import { job } from '@octet/jobs'
import { type ModuleJob, onJob } from '@octet/kernel'
import { OutboundError } from '@octet/outbound'
import { Type } from 'typebox'
import type { WebhookContext, WebhooksOptions } from './context.ts'
import * as deliveryStore from './delivery-store.ts'
import { type DeliveryRow, disabledAfter, pauseMs, secretPurpose, signedHeaders, type WebhookRow } from './rules.ts'
import * as store from './store.ts'

/** Requests to one webhook at once, over all processes. */
const atOnce = 2
/** Webhooks one process delivers to at once. */
const webhooksAtOnce = 16
/** After this the job ends, and other webhooks have their turn. */
const turnMs = 5_000
const webhooksPerLook = 1_000
const answerMs = 10_000
const responseBytesMax = 2_048
/** This process is short of connections, which is not the webhook's fault. */
const busyPauseMs = 5_000
const keptMs = 30 * 86_400_000
const forgottenAtOnce = 1_000

/**
 * At least once: a message whose process dies between the answer and its record is sent again under the same id. The
 * lease that keeps two processes from one webhook is that of its job (`oneAtATime`).
 */
export function createDelivery<C extends Contract, Ctx extends WebhookContext>(
  options: WebhooksOptions<C, Ctx>,
): { readonly jobs: readonly ModuleJob<Ctx>[] } {
  const { module } = options
  const deliverJob = job(`${module}.deliver-to-webhook`, Type.Object({ webhookId: Id }))

  /** Looks once a second instead of enqueueing with each message: no message then waits for the lock on a job's key. */
  async function startDeliveries(ctx: Ctx): Promise<void> {
    const due = await deliveryStore.webhooksWithDue(ctx.db, time(ctx), webhooksPerLook)
    for (const webhookId of due) {
      await ctx.db.transaction(deliverJob.name, tx => {
        return ctx.jobs.enqueue(tx, deliverJob, { webhookId }, { key: webhookId })
      })
    }
  }

  /** Delivers messages until none is due, one fails, or the turn is over; the next look starts another turn. */
  async function deliver(ctx: Ctx, webhookId: string, signal: AbortSignal): Promise<void> {
    const endsAtMs = performance.now() + turnMs
    while (!signal.aborted && performance.now() < endsAtMs) {
      const due = await deliveryStore.dueDeliveries(ctx.db, { webhookId, now: time(ctx), limit: atOnce })
      const webhook = due.length === 0 ? undefined : await store.findWebhook(ctx.db, webhookId)
      if (webhook === undefined) return
      const delivered = await Promise.all(due.map(delivery => attempt(ctx, options, { webhook, delivery })))
      if (delivered.includes(false)) return
    }
  }

  return {
    jobs: [
      onJob(job(`${module}.deliver-webhooks`), startDeliveries, { when: { everyMs: 1_000 }, attemptsMax: 1 }),
      onJob(deliverJob, (ctx: Ctx, { webhookId }, { signal }) => deliver(ctx, webhookId, signal), {
        oneAtATime: true,
        concurrencyMax: webhooksAtOnce,
        attemptsMax: 2,
        timeoutMs: turnMs + 2 * answerMs,
      }),
      onJob(job(`${module}.forget-webhook-deliveries`), forgetDeliveries, { when: { everyMs: 3_600_000 } }),
    ],
  }
}

/** Deletes messages and their attempts after 30 days, delivered or not. */
async function forgetDeliveries({ db, now }: WebhookContext): Promise<void> {
  const before = new Date(now() - keptMs).toISOString()
  for (let gone = forgottenAtOnce; gone === forgottenAtOnce; ) {
    gone = await deliveryStore.deleteOldDeliveries(db, before, forgottenAtOnce)
  }
}

function time({ now }: WebhookContext, laterMs = 0): string {
  return new Date(now() + laterMs).toISOString()
}

interface Sending {
  readonly webhook: WebhookRow
  readonly delivery: DeliveryRow
}

/** Sends one message and records what came of it. True: it was delivered. */
async function attempt<C extends Contract, Ctx extends WebhookContext>(
  ctx: Ctx,
  options: WebhooksOptions<C, Ctx>,
  sending: Sending,
): Promise<boolean> {
  const result = await send(ctx, options.module, sending)
  if (result === 'busy') {
    await deliveryStore.postpone(ctx.db, sending.delivery.id, time(ctx, busyPauseMs))
    return false
  }
  return ctx.db.transaction(`${options.module}.settleWebhookDelivery`, tx => {
    return settle(ctx, tx, { ...sending, result, onDisabled: options.onDisabled })
  })
}

interface Result {
  readonly durationMs: number
  readonly status: number | null
  readonly error: string | null
  readonly response: string
}

async function send(
  ctx: WebhookContext,
  module: string,
  { webhook, delivery: { id, body } }: Sending,
): Promise<Result | 'busy'> {
  const startedMs = ctx.now()
  const durationMs = () => ctx.now() - startedMs
  try {
    const answer = await ctx.outbound.fetch(webhook.url, {
      method: 'POST',
      headers: signedHeaders({ id, atMs: startedMs, body }, validSecrets(ctx, module, webhook)),
      body,
      timeoutMs: answerMs,
      bodyBytesMax: responseBytesMax,
      truncate: true,
    })
    // PostgreSQL cannot store a NUL in a text.
    const response = answer.body.toString().replaceAll('\0', '')
    return { durationMs: durationMs(), status: answer.status, error: null, response }
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error
    if (error.failure === 'busy') return 'busy'
    return { durationMs: durationMs(), status: null, error: error.message, response: '' }
  }
}

/** The newest first; the previous one only until its time is over. */
function validSecrets({ secrets, now }: WebhookContext, module: string, webhook: WebhookRow): string[] {
  const { id, secret, old_secret: old, old_secret_until: until } = webhook
  const sealed = old !== null && until !== null && Date.parse(until) > now() ? [secret, old] : [secret]
  return sealed.map(one => secrets.open(one, secretPurpose(module, id)).toString())
}

type Settlement<C extends Contract, Ctx extends WebhookContext> = Sending & { readonly result: Result } & Pick<
    WebhooksOptions<C, Ctx>,
    'onDisabled'
  >

async function settle<C extends Contract, Ctx extends WebhookContext>(
  ctx: Ctx,
  tx: Tx,
  { webhook, delivery, result, onDisabled }: Settlement<C, Ctx>,
): Promise<boolean> {
  const isDelivered = result.status !== null && result.status >= 200 && result.status < 300
  const number = delivery.attempts + 1
  const pause = isDelivered ? undefined : pauseMs(number, Math.random())
  const at = time(ctx)
  const isKept = await deliveryStore.settleAttempt(tx, {
    id: delivery.id,
    attempt: number,
    at,
    ...result,
    state: isDelivered ? 'delivered' : pause === undefined ? 'failed' : 'pending',
    dueAt: time(ctx, pause ?? 0),
  })
  if (!isKept) return isDelivered
  if (isDelivered) {
    await store.recordSuccess(tx, webhook.id)
    return true
  }
  const { id: webhookId, owner_id: ownerId } = webhook
  const failingSince = await store.recordFailure(tx, webhookId, at)
  const reason = disabledAfter(result.status, { failingSince, nowMs: ctx.now() })
  if (reason !== undefined && (await store.disableWebhook(tx, { id: webhookId, reason, at }))) {
    await onDisabled(ctx, tx as Tx<C>, { webhookId, ownerId, reason })
  }
  return false
}

/** Decisions about webhooks: signatures, pauses between attempts, when a webhook is switched off. Pure. */
import { createHmac, randomBytes } from 'node:crypto'
import type { Webhook, WebhookDelivery } from '@octet/contracts'

export interface WebhookRow {
  readonly id: string
  readonly owner_id: string
  readonly url: string
  readonly description: string
  readonly events: string[]
  readonly secret: Buffer
  readonly old_secret: Buffer | null
  readonly old_secret_until: string | null
  readonly failing_since: string | null
  readonly disabled_at: string | null
  readonly disabled_reason: 'owner' | 'gone' | 'failing' | null
  readonly dropped: number
  readonly version: number
  readonly created_at: string
  readonly updated_at: string
}

export interface DeliveryRow {
  readonly id: string
  readonly webhook_id: string
  readonly event: string
  readonly body: string
  readonly state: 'pending' | 'delivered' | 'failed'
  readonly attempts: number
  readonly due_at: string
  readonly created_at: string
}

const secretPrefix = 'whsec_'
const secretBytes = 32

/** A secret as receivers keep it: `whsec_` and 32 random bytes in base64 (Standard Webhooks, "Signature scheme"). */
export function newWebhookSecret(): string {
  return secretPrefix + randomBytes(secretBytes).toString('base64')
}

/** What a secret is sealed for: copied to another webhook's row it does not open. */
export function secretPurpose(module: string, webhookId: string): string {
  return `${module} webhook ${webhookId}`
}

export interface Message {
  readonly id: string
  readonly atMs: number
  readonly body: string
}

/**
 * The headers of a signed message: HMAC-SHA256 over `id.timestamp.body`, one signature per valid secret, the newest
 * first. @see https://www.standardwebhooks.com
 */
export function signedHeaders({ id, atMs, body }: Message, secrets: readonly string[]): Record<string, string> {
  const timestamp = String(Math.floor(atMs / 1_000))
  const signatures = secrets.map(secret => {
    const key = Buffer.from(secret.slice(secretPrefix.length), 'base64')
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
  })
  return {
    'content-type': 'application/json',
    'user-agent': 'Octet-Webhooks',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  }
}

/** The body of every message (Standard Webhooks, "Payload structure"). */
export function messageBody(type: string, timestamp: string, data: object): string {
  return JSON.stringify({ type, timestamp, data })
}

const secondMs = 1_000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs

/** Pauses after the first attempt, the second, …; together three days. */
const pausesMs = [
  5 * secondMs,
  minuteMs,
  5 * minuteMs,
  30 * minuteMs,
  2 * hourMs,
  5 * hourMs,
  10 * hourMs,
  14 * hourMs,
  20 * hourMs,
  24 * hourMs,
]

/** How long to wait after the attempt of that number, up to a tenth more by `random`; `undefined`: it was the last. */
export function pauseMs(attempt: number, random: number): number | undefined {
  const pause = pausesMs[attempt - 1]
  return pause === undefined ? undefined : Math.round(pause * (1 + random / 10))
}

/** A webhook that received nothing for this long is switched off. */
const failingMsMax = 72 * hourMs

/** Why a failed attempt switches the webhook off, if it does. 410 says that the address is gone permanently. */
export function disabledAfter(
  status: number | null,
  { failingSince, nowMs }: { failingSince: string | null; nowMs: number },
): 'gone' | 'failing' | undefined {
  if (status === 410) return 'gone'
  return failingSince !== null && nowMs - Date.parse(failingSince) >= failingMsMax ? 'failing' : undefined
}

/** A row as its owner sees it: without secrets. */
export function webhookOf(row: WebhookRow, nowMs: number): Webhook {
  const until = row.old_secret_until
  return {
    id: row.id,
    url: row.url,
    description: row.description,
    events: row.events,
    isEnabled: row.disabled_at === null,
    disabledReason: row.disabled_reason,
    failingSince: row.failing_since,
    dropped: row.dropped,
    oldSecretUntil: until !== null && Date.parse(until) > nowMs ? until : null,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    version: row.version,
  }
}

/** A row of the log. */
export function deliveryOf(row: DeliveryRow): WebhookDelivery {
  return {
    id: row.id,
    event: row.event,
    state: row.state,
    attempts: row.attempts,
    nextAttemptAt: row.state === 'pending' ? row.due_at : null,
    createdAt: row.created_at,
  }
}

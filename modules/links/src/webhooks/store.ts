/** SQL of webhooks themselves, and of what an owner reads of their log. */
import { type Db, newId, type Queryable, type Tx } from '@octet/db'
import type { DeliveryRow, WebhookRow } from './rules.ts'

/** The owner's webhooks, oldest first, or the one of that id. */
export function listWebhooks({ sql }: Queryable, ownerId: string, id?: string): Promise<WebhookRow[]> {
  return sql<WebhookRow[]>`
    select * from webhooks
    where owner_id = ${ownerId} ${id === undefined ? sql`` : sql`and id = ${id}`}
    order by created_at, id`
}

/** The same one, held until the transaction ends. */
export async function lockWebhook({ sql }: Tx, ownerId: string, id: string): Promise<WebhookRow | undefined> {
  const [row] = await sql<WebhookRow[]>`
    select * from webhooks where id = ${id} and owner_id = ${ownerId} for update`
  return row
}

export interface NewWebhook {
  readonly id: string
  readonly ownerId: string
  readonly url: string
  readonly description: string
  readonly events: readonly string[]
  readonly secret: Buffer
  readonly at: string
}

/** Inserts a webhook that is on. */
export async function insertWebhook({ sql }: Tx, webhook: NewWebhook): Promise<WebhookRow> {
  const [row] = await sql<WebhookRow[]>`
    insert into webhooks (id, owner_id, url, description, events, secret, created_at, updated_at)
    values (${webhook.id}, ${webhook.ownerId}, ${webhook.url}, ${webhook.description},
            ${[...webhook.events]}::text[], ${webhook.secret}, ${webhook.at}, ${webhook.at})
    returning *`
  return row as WebhookRow
}

/** Writes the whole changeable part. Switching it on again begins with a clean slate. */
export async function saveWebhook({ sql }: Tx, row: WebhookRow): Promise<WebhookRow> {
  const [saved] = await sql<WebhookRow[]>`
    update webhooks
    set url = ${row.url}, description = ${row.description}, events = ${row.events}::text[],
        secret = ${row.secret}, old_secret = ${row.old_secret}, old_secret_until = ${row.old_secret_until},
        failing_since = ${row.failing_since}, disabled_at = ${row.disabled_at},
        disabled_reason = ${row.disabled_reason}, updated_at = ${row.updated_at}, version = version + 1
    where id = ${row.id}
    returning *`
  return saved as WebhookRow
}

export async function deleteWebhook({ sql }: Db, id: string): Promise<void> {
  await sql`delete from webhooks where id = ${id}`
}

export interface NewDelivery {
  readonly webhookId: string
  readonly event: string
  readonly body: string
  readonly at: string
}

/** Queues a message that is due at once. */
export async function insertDelivery({ sql }: Tx, delivery: NewDelivery): Promise<DeliveryRow> {
  const [row] = await sql<DeliveryRow[]>`
    insert into webhook_deliveries (id, webhook_id, event, body, state, due_at, created_at)
    values (${newId()}, ${delivery.webhookId}, ${delivery.event}, ${delivery.body}, 'pending', ${delivery.at},
            ${delivery.at})
    returning *`
  return row as DeliveryRow
}

export interface DeliveryQuery {
  readonly webhookId: string
  readonly limit: number
  readonly before: string | undefined
  readonly state: string | undefined
}

/** One more row than `limit` when there is a next page; ids sort by time. */
export function listDeliveries({ sql }: Queryable, query: DeliveryQuery): Promise<DeliveryRow[]> {
  return sql<DeliveryRow[]>`
    select * from webhook_deliveries
    where webhook_id = ${query.webhookId}
    ${query.before === undefined ? sql`` : sql`and id < ${query.before}::uuid`}
    ${query.state === undefined ? sql`` : sql`and state = ${query.state}`}
    order by id desc
    limit ${query.limit + 1}`
}

/** A message of that webhook. */
export async function findDelivery(
  { sql }: Queryable,
  webhookId: string,
  id: string,
): Promise<DeliveryRow | undefined> {
  const [row] = await sql<DeliveryRow[]>`
    select * from webhook_deliveries where id = ${id} and webhook_id = ${webhookId}`
  return row
}

export interface AttemptRow {
  readonly attempt: number
  readonly at: string
  readonly duration_ms: number
  readonly status: number | null
  readonly error: string | null
  readonly response: string
}

/** The attempts to deliver a message, first to last. */
export function listAttempts({ sql }: Queryable, deliveryId: string): Promise<AttemptRow[]> {
  return sql<AttemptRow[]>`
    select attempt, at, duration_ms, status, error, response
    from webhook_attempts where delivery_id = ${deliveryId} order by attempt`
}

/** Has a message sent now, unless it waits already; then it only becomes due. */
export async function makeDue({ sql }: Db, id: string, at: string): Promise<DeliveryRow | undefined> {
  const [row] = await sql<DeliveryRow[]>`
    update webhook_deliveries set state = 'pending', due_at = ${at} where id = ${id} returning *`
  return row
}

/** How many messages wait for a webhook, counted up to `max`. */
export async function countPending({ sql }: Queryable, webhookId: string, max: number): Promise<number> {
  const [row] = await sql<{ pending: number }[]>`
    select count(*)::int as pending from (
      select from webhook_deliveries where webhook_id = ${webhookId} and state = 'pending' limit ${max}) as counted`
  return row?.pending ?? 0
}

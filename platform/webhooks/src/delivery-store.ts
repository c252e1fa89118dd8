/** SQL of messages to webhooks and of the attempts to deliver them. */
import { countRows, type Db, newId, type Queryable, type Sql, type Tx } from '@octet/db'
import type { DeliveryRow } from './rules.ts'

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

/** How many messages wait for a webhook, counted up to `max`. */
export async function countPending({ sql }: Queryable, webhookId: string, max: number): Promise<number> {
  const [row] = await sql<{ pending: number }[]>`
    select count(*)::int as pending from (
      select from webhook_deliveries where webhook_id = ${webhookId} and state = 'pending' limit ${max}) as counted`
  return row?.pending ?? 0
}

/** Webhooks that are switched on and have a message due, the longest waiting first. */
export async function webhooksWithDue({ sql }: Queryable, now: string, limit: number): Promise<string[]> {
  const rows = await sql<{ webhook_id: string }[]>`
    select webhook_id from webhook_deliveries
    where state = 'pending' and due_at <= ${now}
      and exists (select from webhooks where webhooks.id = webhook_id and disabled_at is null)
    group by webhook_id order by min(due_at) limit ${limit}`
  return rows.map(({ webhook_id }) => webhook_id)
}

/** Messages of one webhook that are due, the longest waiting first; none while it is switched off. */
export function dueDeliveries(
  { sql }: Queryable,
  { webhookId, now, limit }: { webhookId: string; now: string; limit: number },
): Promise<DeliveryRow[]> {
  return sql<DeliveryRow[]>`
    select * from webhook_deliveries
    where webhook_id = ${webhookId} and state = 'pending' and due_at <= ${now}
      and exists (select from webhooks where webhooks.id = ${webhookId} and disabled_at is null)
    order by due_at limit ${limit}`
}

export interface Attempted {
  readonly id: string
  readonly attempt: number
  readonly at: string
  readonly durationMs: number
  readonly status: number | null
  readonly error: string | null
  readonly response: string
  readonly state: DeliveryRow['state']
  /** When to try again; any time unless pending. */
  readonly dueAt: string
}

/** Writes an attempt to the log and its outcome to the message. False: the message was deleted meanwhile. */
export async function settleAttempt({ sql }: Tx, done: Attempted): Promise<boolean> {
  const rows = await sql`
    update webhook_deliveries set state = ${done.state}, attempts = ${done.attempt}, due_at = ${done.dueAt}
    where id = ${done.id}
    returning true`
  if (rows.length === 0) return false
  // A process that lost its lease may send the same attempt as its successor: the log shows the later one.
  await sql`
    insert into webhook_attempts (delivery_id, attempt, at, duration_ms, status, error, response)
    values (${done.id}, ${done.attempt}, ${done.at}, ${done.durationMs}, ${done.status}, ${done.error},
            ${done.response})
    on conflict (delivery_id, attempt) do update
      set at = excluded.at, duration_ms = excluded.duration_ms, status = excluded.status, error = excluded.error,
          response = excluded.response`
  return true
}

/** Moves a message that was not tried to a later time. */
export async function postpone({ sql }: Db, id: string, dueAt: string): Promise<void> {
  await sql`update webhook_deliveries set due_at = ${dueAt} where id = ${id} and state = 'pending'`
}

/** Makes a message due now, delivered or not. */
export async function makeDue({ sql }: Db, id: string, at: string): Promise<DeliveryRow | undefined> {
  const [row] = await sql<DeliveryRow[]>`
    update webhook_deliveries set state = 'pending', due_at = ${at} where id = ${id} returning *`
  return row
}

/** Which messages of a webhook a list is about. */
export interface DeliveryFilter {
  readonly webhookId: string
  readonly state: string | undefined
}

export interface DeliveryQuery extends DeliveryFilter {
  readonly limit: number
  readonly before: string | undefined
}

const deliveriesOf = (sql: Sql, { webhookId, state }: DeliveryFilter) => sql`from webhook_deliveries
    where webhook_id = ${webhookId} ${state === undefined ? sql`` : sql`and state = ${state}`}`

/** Counts the messages of a list; stops at `rowsMax`. */
export function countDeliveries(db: Queryable, filter: DeliveryFilter, rowsMax: number): Promise<number> {
  return countRows(db, deliveriesOf(db.sql, filter), rowsMax)
}

/** One more row than `limit` when there is a next page; ids sort by time. */
export function listDeliveries({ sql }: Queryable, query: DeliveryQuery): Promise<DeliveryRow[]> {
  return sql<DeliveryRow[]>`
    select * ${deliveriesOf(sql, query)}
    ${query.before === undefined ? sql`` : sql`and id < ${query.before}::uuid`}
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

/** Deletes messages made before `before`, at most `limit`, with their attempts. Returns how many. */
export async function deleteOldDeliveries({ sql }: Db, before: string, limit: number): Promise<number> {
  const rows = await sql`
    delete from webhook_deliveries
    where id = any(array(
      select id from webhook_deliveries where created_at < ${before} order by created_at limit ${limit}))
    returning true`
  return rows.length
}

/** SQL of the queue of webhook messages: what is put in, taken out and settled. */
import type { Db, Queryable, Tx } from '@octet/db'
import type { CountedClicks } from '../clicks/click.ts'
import type { DeliveryRow, WebhookRow } from './rules.ts'

/** Webhooks of an owner that want an event. */
export function listenersOf({ sql }: Queryable, ownerId: string, event: string): Promise<{ id: string }[]> {
  return sql<{ id: string }[]>`
    select id from webhooks where owner_id = ${ownerId} and disabled_at is null and events @> array[${event}]`
}

export async function countDropped({ sql }: Tx, webhookId: string): Promise<void> {
  await sql`update webhooks set dropped = dropped + 1 where id = ${webhookId}`
}

/**
 * Takes messages that are due, `max` at most, until `until`; nobody else gets them before. Of one webhook at most
 * `perWebhook` are under way, so that a slow one does not keep the others waiting.
 */
export function claimDue(
  { sql }: Tx,
  { now, until, max, perWebhook }: { now: string; until: string; max: number; perWebhook: number },
): Promise<DeliveryRow[]> {
  return sql<DeliveryRow[]>`
    with waiting as (
      select webhook_id, min(due_at) as oldest, count(*) filter (where leased_until > ${now}) as flying
      from webhook_deliveries
      where state = 'pending' and due_at <= ${now}
        and exists (select from webhooks where webhooks.id = webhook_id and disabled_at is null)
      group by webhook_id
      having count(*) filter (where leased_until > ${now}) < ${perWebhook}
      order by oldest
      limit ${max}
    ), taken as (
      select picked.id
      from waiting cross join lateral (
        select id from webhook_deliveries as one
        where one.webhook_id = waiting.webhook_id and state = 'pending' and due_at <= ${now}
          and (leased_until is null or leased_until <= ${now})
        order by due_at
        limit ${perWebhook} - waiting.flying
        for update skip locked
      ) as picked
      limit ${max}
    )
    update webhook_deliveries set leased_until = ${until}
    where id in (select id from taken)
    returning *`
}

/** With its secrets, whoever's it is. */
export async function webhookOfDelivery({ sql }: Queryable, webhookId: string): Promise<WebhookRow | undefined> {
  const [row] = await sql<WebhookRow[]>`select * from webhooks where id = ${webhookId}`
  return row
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

/** Writes an attempt to the log and gives the message back. False: it was deleted meanwhile. */
export async function settleAttempt({ sql }: Tx, done: Attempted): Promise<boolean> {
  const rows = await sql`
    update webhook_deliveries
    set state = ${done.state}, attempts = ${done.attempt}, due_at = ${done.dueAt}, leased_until = null
    where id = ${done.id}
    returning true`
  if (rows.length === 0) return false
  // A lease that ran out lets another process send the same attempt: both are in the log as one, the later one.
  await sql`
    insert into webhook_attempts (delivery_id, attempt, at, duration_ms, status, error, response)
    values (${done.id}, ${done.attempt}, ${done.at}, ${done.durationMs}, ${done.status}, ${done.error},
            ${done.response})
    on conflict (delivery_id, attempt) do update
      set at = excluded.at, duration_ms = excluded.duration_ms, status = excluded.status, error = excluded.error,
          response = excluded.response`
  return true
}

/** Gives a message back untried. */
export async function postpone({ sql }: Db, id: string, dueAt: string): Promise<void> {
  await sql`update webhook_deliveries set due_at = ${dueAt}, leased_until = null where id = ${id}`
}

export async function noteSuccess({ sql }: Tx, webhookId: string): Promise<void> {
  await sql`update webhooks set failing_since = null where id = ${webhookId} and failing_since is not null`
}

/** Since when the webhook has failed, this failure included. */
export async function noteFailure({ sql }: Tx, webhookId: string, at: string): Promise<string | null> {
  const [row] = await sql<{ failing_since: string }[]>`
    update webhooks set failing_since = coalesce(failing_since, ${at}) where id = ${webhookId}
    returning failing_since`
  return row?.failing_since ?? null
}

/** False: it was switched off before. */
export async function disableWebhook({ sql }: Tx, id: string, reason: string, at: string): Promise<boolean> {
  const rows = await sql`
    update webhooks
    set disabled_at = ${at}, disabled_reason = ${reason}, updated_at = ${at}, version = version + 1
    where id = ${id} and disabled_at is null
    returning true`
  return rows.length === 1
}

/** Forgets messages made before `before`, at most `limit`. */
export async function forgetDeliveries({ sql }: Db, before: string, limit: number): Promise<number> {
  const rows = await sql`
    delete from webhook_deliveries
    where id = any(array(
      select id from webhook_deliveries where created_at < ${before} order by created_at limit ${limit}))
    returning true`
  return rows.length
}

// ---- clicks -----------------------------------------------------------------------------------------------------

/**
 * Keeps counted clicks for the webhooks that want to hear of them; in the transaction that counts, so that each is told
 * once.
 */
export async function collectClicks({ sql }: Tx, counts: readonly CountedClicks[]): Promise<void> {
  const [some] = await sql`select from webhooks where events @> array['link.clicked'] and disabled_at is null limit 1`
  if (some === undefined) return
  const columns = [
    counts.map(count => count.linkId),
    counts.map(count => count.clicks),
    counts.map(count => count.bots),
    counts.map(count => new Date(count.lastMs).toISOString()),
  ] as const
  await sql`
    insert into webhook_clicks as known (webhook_id, link_id, clicks, bots, first_at, last_at)
    select webhooks.id, links.id, sum(c.clicks), sum(c.bots), min(c.last_at), max(c.last_at)
    from unnest(${columns[0]}::uuid[], ${columns[1]}::int[], ${columns[2]}::int[], ${columns[3]}::timestamptz[])
      as c (link_id, clicks, bots, last_at)
    join links on links.id = c.link_id and deleted_at is null
    join webhooks on webhooks.owner_id = links.owner_id and events @> array['link.clicked'] and disabled_at is null
    group by webhooks.id, links.id
    order by webhooks.id, links.id
    on conflict (webhook_id, link_id) do update
      set clicks = known.clicks + excluded.clicks, bots = known.bots + excluded.bots,
          first_at = least(known.first_at, excluded.first_at), last_at = greatest(known.last_at, excluded.last_at)`
}

export interface WaitingClicks {
  readonly link_id: string
  readonly code: string | null
  readonly clicks: number
  readonly bots: number
  readonly first_at: string
  readonly last_at: string
}

/** Webhooks with clicks that have waited since before `before`. */
export async function webhooksWithClicks({ sql }: Queryable, before: string, limit: number): Promise<string[]> {
  const rows = await sql<{ webhook_id: string }[]>`
    select distinct webhook_id from webhook_clicks where first_at <= ${before} limit ${limit}`
  return rows.map(({ webhook_id }) => webhook_id)
}

/** Takes the clicks of one webhook, of at most `limit` links. */
export function takeClicksOf({ sql }: Tx, webhookId: string, limit: number): Promise<WaitingClicks[]> {
  return sql<WaitingClicks[]>`
    with taken as (
      delete from webhook_clicks
      where webhook_id = ${webhookId} and link_id = any(array(
        select link_id from webhook_clicks where webhook_id = ${webhookId}
        order by link_id limit ${limit} for update skip locked))
      returning *
    )
    select taken.*, (select code from links where links.id = taken.link_id) as code
    from taken order by link_id`
}

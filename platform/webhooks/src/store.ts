/** SQL of webhooks. The tables are in the schema of the module whose database or transaction it is. */
import type { Db, Queryable, Tx } from '@octet/db'
import type { WebhookRow } from './rules.ts'

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

/** A webhook with its secrets, of any owner. */
export async function findWebhook({ sql }: Queryable, id: string): Promise<WebhookRow | undefined> {
  const [row] = await sql<WebhookRow[]>`select * from webhooks where id = ${id}`
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

/** Inserts a webhook that is switched on. */
export async function insertWebhook({ sql }: Tx, webhook: NewWebhook): Promise<WebhookRow> {
  const [row] = await sql<WebhookRow[]>`
    insert into webhooks (id, owner_id, url, description, events, secret, created_at, updated_at)
    values (${webhook.id}, ${webhook.ownerId}, ${webhook.url}, ${webhook.description},
            ${[...webhook.events]}::text[], ${webhook.secret}, ${webhook.at}, ${webhook.at})
    returning *`
  return row as WebhookRow
}

/** Writes the whole changeable part. */
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

/** Deletes all webhooks of a person, with their messages and attempts, which hang on them. */
export async function deleteWebhooksOf({ sql }: Tx, ownerId: string): Promise<void> {
  await sql`delete from webhooks where owner_id = ${ownerId}`
}

/** How many webhooks a person has. */
export async function countWebhooksOf({ sql }: Queryable, ownerId: string): Promise<number> {
  const [row] = await sql<{ count: number }[]>`select count(*)::int as count from webhooks where owner_id = ${ownerId}`
  return row?.count ?? 0
}

/** Webhooks of an owner that are switched on and subscribe to an event. */
export function subscribersOf({ sql }: Queryable, ownerId: string, event: string): Promise<{ id: string }[]> {
  return sql<{ id: string }[]>`
    select id from webhooks where owner_id = ${ownerId} and disabled_at is null and events @> array[${event}]`
}

export async function countDropped({ sql }: Tx, webhookId: string): Promise<void> {
  await sql`update webhooks set dropped = dropped + 1 where id = ${webhookId}`
}

export async function recordSuccess({ sql }: Tx, webhookId: string): Promise<void> {
  await sql`update webhooks set failing_since = null where id = ${webhookId} and failing_since is not null`
}

/** Since when the webhook has failed, this failure included. */
export async function recordFailure({ sql }: Tx, webhookId: string, at: string): Promise<string | null> {
  const [row] = await sql<{ failing_since: string }[]>`
    update webhooks set failing_since = coalesce(failing_since, ${at}) where id = ${webhookId}
    returning failing_since`
  return row?.failing_since ?? null
}

/** False: it was switched off before. */
export async function disableWebhook(
  { sql }: Tx,
  { id, reason, at }: { id: string; reason: string; at: string },
): Promise<boolean> {
  const rows = await sql`
    update webhooks
    set disabled_at = ${at}, disabled_reason = ${reason}, updated_at = ${at}, version = version + 1
    where id = ${id} and disabled_at is null
    returning true`
  return rows.length === 1
}

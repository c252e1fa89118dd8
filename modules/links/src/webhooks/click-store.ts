/** SQL for clicks that wait to be published to webhooks. */
import type { Queryable, Tx } from '@octet/db'
import type { CountedClicks } from '../clicks/click.ts'

/**
 * Keeps counted clicks for the webhooks that subscribe to them, in the transaction that counts: each is published once.
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

/** SQL about links with live subscribers. */
import type { Db, Queryable, Tx } from '@octet/db'

export interface RecentClick {
  readonly at: string
  readonly country: string
  readonly device: string
  readonly referrer: string
  readonly variant: string
}

/** Clicks kept of a followed link. */
export const recentMax = 10

/** Marks these links as followed until then, and deletes those without a subscriber for a minute. */
export async function watchLinks(db: Db, ids: readonly string[], span: { now: string; until: string }): Promise<void> {
  await db.sql`
    insert into click_watches (link_id, until)
    select id, ${span.until} from links
    where id = any(${[...ids]}::uuid[]) and deleted_at is null order by id for share
    on conflict (link_id) do update set until = greatest(click_watches.until, excluded.until)`
  await forgetWatches(db, span.now)
}

/** Deletes the clicks of links without a subscriber for a minute. */
export async function forgetWatches({ sql }: Db, now: string): Promise<void> {
  await sql`
    delete from click_watches where link_id = any(array(
      select link_id from click_watches where until < ${now}::timestamptz - interval '1 minute'
      limit 1000 for update skip locked))`
}

const watchedMax = 10_000

/** The links with subscribers at this time. */
export async function watchedLinks({ sql }: Queryable, now: string): Promise<Set<string>> {
  const rows = await sql<{ link_id: string }[]>`
    select link_id from click_watches where until >= ${now} limit ${watchedMax}`
  return new Set(rows.map(({ link_id }) => link_id))
}

/** Prepends clicks, newest first, to those known of each link. */
export async function addRecentClicks({ sql }: Tx, clicks: ReadonlyMap<string, readonly RecentClick[]>): Promise<void> {
  const ids = [...clicks.keys()].sort()
  await sql`
    with locked as (select link_id from click_watches where link_id = any(${ids}::uuid[]) order by link_id for update)
    update click_watches as known
    set recent = (
      select jsonb_agg(click order by place)
      from (select click, place from jsonb_array_elements(added.recent || known.recent) with ordinality
              as all_clicks (click, place) order by place limit ${recentMax}) as newest)
    from unnest(${ids}::uuid[], ${ids.map(id => JSON.stringify(clicks.get(id)))}::text[]::jsonb[])
      as added (link_id, recent), locked
    where known.link_id = added.link_id and locked.link_id = known.link_id`
}

export interface Watched {
  readonly link_id: string
  readonly clicks: number
  readonly bots: number
  readonly last_clicked_at: string | null
  readonly recent: RecentClick[]
}

/** The click totals of these links; deleted ones are left out. */
export function readWatched({ sql }: Queryable, ids: readonly string[]): Promise<Watched[]> {
  return sql<Watched[]>`
    select links.id as link_id, coalesce(clicks, 0) as clicks, coalesce(bots, 0) as bots, last_clicked_at,
           coalesce(recent, '[]') as recent
    from links
    left join click_totals on click_totals.link_id = links.id
    left join click_watches on click_watches.link_id = links.id
    where links.id = any(${[...ids]}::uuid[]) and deleted_at is null`
}

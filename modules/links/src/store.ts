/** All SQL of links. The handle comes first; pass the `Tx` when there is one. */
import { newId, type Queryable, type Tx } from '@octet/db'
import { type CountedClicks, codeKey, type Row, type TargetKey } from './rules.ts'

export interface NewLink {
  readonly ownerId: string | null
  readonly domainId: string
  readonly folderId: string | null
  readonly code: string
  readonly url: string
  readonly title: string | null
  readonly tags: readonly string[]
  readonly expiresAt: string | null
  readonly clicksMax: number | null
  readonly passwordHash: string | null
  readonly isExample: boolean
  readonly createdAt: string
}

/**
 * Inserts the link, or returns `undefined` when its code is taken. Insert first, ask never: a check before the insert
 * lets two requests of the same moment both pass it (`npm run lab -- alias-race`).
 */
export async function insertLink({ sql }: Queryable, link: NewLink): Promise<Row | undefined> {
  const [row] = await sql<Row[]>`
    insert into links (id, owner_id, domain_id, folder_id, code, code_key, url, title, tags, expires_at, clicks_max,
                       password_hash, is_example, created_at, updated_at)
    values (${newId()}, ${link.ownerId}, ${link.domainId}, ${link.folderId}, ${link.code}, ${codeKey(link.code)},
            ${link.url}, ${link.title}, ${[...link.tags]}::text[], ${link.expiresAt}, ${link.clicksMax},
            ${link.passwordHash}, ${link.isExample}, ${link.createdAt}, ${link.createdAt})
    on conflict on constraint links_domain_code_unique do nothing
    returning *, 0 as clicks, (select host from domains where domains.id = domain_id) as domain`
  return row
}

/** One live link with its total. */
export async function findLink({ sql }: Queryable, id: string): Promise<Row | undefined> {
  const [row] = await sql<Row[]>`
    select links.*, coalesce(click_totals.clicks, 0) as clicks, domains.host as domain
    from links
    left join click_totals on click_totals.link_id = links.id
    left join domains on domains.id = links.domain_id
    where links.id = ${id} and deleted_at is null`
  return row
}

/** The same, held against other writers until the transaction ends. */
export async function lockLink({ sql }: Tx, id: string): Promise<Row | undefined> {
  const [row] = await sql<Row[]>`
    select links.*, coalesce(click_totals.clicks, 0) as clicks, domains.host as domain
    from links
    left join click_totals on click_totals.link_id = links.id
    left join domains on domains.id = links.domain_id
    where links.id = ${id} and deleted_at is null
    for update of links`
  return row
}

/** What a redirect needs, by host and code. */
export async function findTarget({ sql }: Queryable, { domainId, codeKey: key }: TargetKey): Promise<Row | undefined> {
  const [row] = await sql<Row[]>`
    select *, 0 as clicks, null as domain from links
    where domain_id = ${domainId} and code_key = ${key} and deleted_at is null`
  return row
}

export interface LinkChange {
  readonly url: string
  readonly title: string | null
  readonly tags: readonly string[]
  readonly expiresAt: string | null
  readonly clicksMax: number | null
  readonly passwordHash: string | null
  readonly folderId: string | null
  readonly archivedAt: string | null
  readonly updatedAt: string
}

/** Writes the whole changeable part of a locked link. A later expiry makes an expired link live again. */
export async function updateLink({ sql }: Tx, id: string, change: LinkChange): Promise<void> {
  await sql`
    update links
    set url = ${change.url}, title = ${change.title}, tags = ${[...change.tags]}::text[],
        expires_at = ${change.expiresAt}, clicks_max = ${change.clicksMax},
        clicks_used = case when ${change.clicksMax}::int is null then 0 else clicks_used end,
        password_hash = ${change.passwordHash}, folder_id = ${change.folderId},
        archived_at = ${change.archivedAt}, expired_at = null,
        updated_at = ${change.updatedAt}, version = version + 1
    where id = ${id}`
}

/** Empties links but keeps their codes taken. Returns the ones that were still there. */
export async function deleteLinks(
  { sql }: Tx,
  ids: readonly string[],
  at: string,
): Promise<{ id: string; code: string }[]> {
  const rows = await sql<{ id: string; code: string }[]>`
    update links
    set deleted_at = ${at}, url = '', title = null, tags = '{}', password_hash = null, owner_id = null,
        folder_id = null, archived_at = null, is_example = false, version = version + 1
    where id = any(${[...ids]}) and deleted_at is null
    returning id, code`
  const gone = rows.map(({ id }) => id)
  await sql`delete from click_counts where link_id = any(${gone})`
  await sql`delete from click_totals where link_id = any(${gone})`
  return rows
}

/** Takes one of a limited link's clicks: exact under any number of processes. `undefined`: none was left. */
export async function takeClick({ sql }: Queryable, id: string): Promise<{ left: number } | undefined> {
  const [row] = await sql<{ left: number }[]>`
    update links set clicks_used = clicks_used + 1
    where id = ${id} and deleted_at is null and clicks_max is not null and clicks_used < clicks_max
    returning clicks_max - clicks_used as left`
  return row
}

/** Marks links whose time has come, at most `limit`, and returns them. */
export async function markExpired({ sql }: Tx, now: string, limit: number): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    update links set expired_at = ${now}
    where id = any(array(
      select id from links
      where expires_at <= ${now} and expired_at is null and deleted_at is null
      order by expires_at limit ${limit}
      for update skip locked))
    returning id`
  return rows.map(({ id }) => id)
}

// ---- examples ---------------------------------------------------------------------------------------------------

/** Gives the example links that are nobody's to an owner. */
export async function giveExamplesTo({ sql }: Queryable, ownerId: string): Promise<void> {
  await sql`
    update links set owner_id = ${ownerId}, version = version + 1
    where is_example and owner_id is null and deleted_at is null`
}

/** Ids of example links of an owner, or of nobody. */
export async function exampleIds({ sql }: Queryable, ownerId: string | null): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select id from links
    where is_example and owner_id is not distinct from ${ownerId} and deleted_at is null
    limit 1000`
  return rows.map(({ id }) => id)
}

// ---- clicks -----------------------------------------------------------------------------------------------------

export interface JournalPosition {
  readonly segment: number
  readonly offset: number
}

/** Up to where a journal has been counted; `undefined` for one never seen. */
export async function journalPosition({ sql }: Queryable, journalId: string): Promise<JournalPosition | undefined> {
  const [row] = await sql<JournalPosition[]>`
    select segment, "offset" from journal_positions where journal_id = ${journalId}`
  return row
}

/** Moves the position on from `from` to `to`. False when it was not at `from`: that batch has been counted already. */
export async function movePosition(
  { sql }: Tx,
  journalId: string,
  { from, to }: { from: JournalPosition; to: JournalPosition },
): Promise<boolean> {
  await sql`
    insert into journal_positions (journal_id, segment, "offset")
    values (${journalId}, ${from.segment}, ${from.offset})
    on conflict do nothing`
  const rows = await sql`
    update journal_positions set segment = ${to.segment}, "offset" = ${to.offset}
    where journal_id = ${journalId} and segment = ${from.segment} and "offset" = ${from.offset}
    returning true`
  return rows.length === 1
}

/** Adds counted clicks, sorted, to buckets and totals. Clicks of links deleted meanwhile are dropped. */
export async function addClicks({ sql }: Tx, counts: readonly CountedClicks[]): Promise<void> {
  const columns = [
    counts.map(count => count.linkId),
    counts.map(count => new Date(count.bucketMs).toISOString()),
    counts.map(count => count.clicks),
    counts.map(count => count.bots),
    counts.map(count => new Date(count.lastMs).toISOString()),
  ] as const
  await sql`
    with counted as (
      select *
      from unnest(${columns[0]}::uuid[], ${columns[1]}::timestamptz[], ${columns[2]}::int[], ${columns[3]}::int[])
        as c (link_id, bucket, clicks, bots)
      where exists (select 1 from links where links.id = c.link_id and deleted_at is null)
    )
    insert into click_counts as known (link_id, bucket, clicks, bots)
    select * from counted
    on conflict (link_id, bucket) do update
      set clicks = known.clicks + excluded.clicks, bots = known.bots + excluded.bots`
  await sql`
    insert into click_totals as known (link_id, clicks, bots, last_clicked_at)
    select link_id, sum(clicks), sum(bots), max(last_at)
    from unnest(${columns[0]}::uuid[], ${columns[2]}::int[], ${columns[3]}::int[], ${columns[4]}::timestamptz[])
      as c (link_id, clicks, bots, last_at)
    where exists (select 1 from links where links.id = c.link_id and deleted_at is null)
    group by link_id
    order by link_id
    on conflict (link_id) do update
      set clicks = known.clicks + excluded.clicks, bots = known.bots + excluded.bots,
          last_clicked_at = greatest(known.last_clicked_at, excluded.last_clicked_at)`
}

export interface Totals {
  readonly clicks: number
  readonly bots: number
  readonly last_clicked_at: string | null
}

/** All clicks of a link; zeros before the first. */
export async function totalsOf({ sql }: Queryable, linkId: string): Promise<Totals> {
  const [row] = await sql<Totals[]>`select clicks, bots, last_clicked_at from click_totals where link_id = ${linkId}`
  return row ?? { clicks: 0, bots: 0, last_clicked_at: null }
}

export interface DayCount {
  readonly link_id: string
  readonly date: string
  readonly clicks: number
  readonly bots: number
}

/** Clicks per calendar day of the time zone, for the last `days` days up to `now`; days without clicks included. */
export function dailyClicks(
  { sql }: Queryable,
  { linkIds, days, timeZone, now }: { linkIds: readonly string[]; days: number; timeZone: string; now: string },
): Promise<DayCount[]> {
  return sql<DayCount[]>`
    with today as (select date_trunc('day', ${now}::timestamptz at time zone ${timeZone}) as day),
    days as (
      select generate_series(today.day - make_interval(days => ${days - 1}), today.day, interval '1 day') as day
      from today
    ),
    counted as (
      select link_id, date_trunc('day', bucket at time zone ${timeZone}) as day,
             sum(clicks)::int as clicks, sum(bots)::int as bots
      from click_counts, today
      where link_id = any(${[...linkIds]}::uuid[])
        and bucket >= (today.day - make_interval(days => ${days - 1})) at time zone ${timeZone}
      group by 1, 2
    )
    select wanted.link_id, to_char(days.day, 'YYYY-MM-DD') as date,
           coalesce(counted.clicks, 0) as clicks, coalesce(counted.bots, 0) as bots
    from unnest(${[...linkIds]}::uuid[]) as wanted (link_id)
    cross join days
    left join counted on counted.link_id = wanted.link_id and counted.day = days.day
    order by wanted.link_id, days.day`
}

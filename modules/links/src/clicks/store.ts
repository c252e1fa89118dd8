/** All SQL about clicks: the journal position, the counts, and the queries of the statistics. */
import type { Queryable, Tx } from '@octet/db'
import { addVisitors, countVisitors } from '@octet/visitors'
import { type Breakdowns, type CountedClicks, type CountedDay, mergeBreakdowns } from './click.ts'

export interface JournalPosition {
  readonly segment: number
  readonly offset: number
}

/** The position up to which a journal has been counted; `undefined` for an unknown journal. */
export async function journalPosition({ sql }: Queryable, journalId: string): Promise<JournalPosition | undefined> {
  const [row] = await sql<JournalPosition[]>`
    select segment, "offset" from journal_positions where journal_id = ${journalId}`
  return row
}

/** Moves the position from `from` to `to`. False when it is elsewhere: that batch has been counted already. */
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

/**
 * Keeps the links that exist from being deleted until the transaction ends, and returns their ids. Without the lock a
 * delete that commits between two statements leaves the rows of the first behind. Locks in order of id, as deletes do.
 */
export async function holdLinks({ sql }: Tx, ids: readonly string[]): Promise<Set<string>> {
  const rows = await sql<{ id: string }[]>`
    select id from links where id = any(${[...ids]}::uuid[]) and deleted_at is null order by id for share`
  return new Set(rows.map(({ id }) => id))
}

/** Adds sorted counts of existing links to buckets and totals. */
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

/** Clicks per calendar day of the time zone for the last `days` days up to `now`, including days without clicks. */
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

/** Clicks per hour of the time zone, only hours with clicks. `start` is an instant. */
export function hourlyClicks(
  { sql }: Queryable,
  { linkId, days, timeZone, now }: { linkId: string; days: number; timeZone: string; now: string },
): Promise<{ start: string; clicks: number; bots: number }[]> {
  return sql`
    with hours as (
      -- Over quarters of an hour, because some zones are shifted by 15, 30 or 45 minutes, and change in the night.
      select distinct date_trunc('hour', quarter, ${timeZone}) as start
      from generate_series(
        (date_trunc('day', ${now}::timestamptz at time zone ${timeZone}) - make_interval(days => ${days - 1}))
          at time zone ${timeZone},
        ${now}::timestamptz, interval '15 minutes') as quarter
    )
    select hours.start, coalesce(sum(clicks), 0)::int as clicks, coalesce(sum(bots), 0)::int as bots
    from hours
    left join click_counts on link_id = ${linkId} and date_trunc('hour', bucket, ${timeZone}) = hours.start
      and bucket >= ${now}::timestamptz - make_interval(days => ${days + 1})
    group by hours.start
    order by hours.start`
}

// ---- days and visitors --------------------------------------------------------------------------------------------

interface DayRow {
  readonly link_id: string
  readonly day: string
  readonly breakdowns: Breakdowns
  readonly sketch: Uint8Array | null
  readonly has_sketch_left: boolean
}

/**
 * Adds sorted daily counts of existing links. One row per link and day is locked, merged here and written whole. A
 * batch thus writes one row per link, where one row per value would be seven times as many, and the cap on values is
 * exact.
 */
export async function addDays({ sql }: Tx, days: readonly CountedDay[], sketchesSince: string): Promise<void> {
  const ids = days.map(({ linkId }) => linkId)
  const dates = days.map(({ day }) => day)
  await sql`
    insert into click_days (link_id, day, clicks, bots, breakdowns, visitors)
    select link_id, day, 0, 0, '{}', 0
    from unnest(${ids}::uuid[], ${dates}::date[]) as d (link_id, day)
    on conflict do nothing`
  const rows = await sql<DayRow[]>`
    select link_id, day::text, breakdowns, sketch, sketch is not null or visitors = 0 as has_sketch_left
    from click_days
    where (link_id, day) in (select * from unnest(${ids}::uuid[], ${dates}::date[]))
    order by link_id, day
    for update`
  const counted = new Map(days.map(day => [day.linkId + day.day, day]))
  const merged = rows.map(row => mergeDay(row, counted.get(row.link_id + row.day) as CountedDay, sketchesSince))
  await sql`
    update click_days as known
    set clicks = known.clicks + added.clicks, bots = known.bots + added.bots, breakdowns = added.breakdowns,
        visitors = coalesce(added.visitors, known.visitors), sketch = decode(added.sketch, 'hex')
    from unnest(
      ${merged.map(day => day.linkId)}::uuid[], ${merged.map(day => day.day)}::date[],
      ${merged.map(day => day.clicks)}::int[], ${merged.map(day => day.bots)}::int[],
      ${merged.map(day => day.breakdowns)}::text[]::jsonb[], ${merged.map(day => day.visitors)}::int[],
      ${merged.map(day => day.sketch)}::text[]
    ) as added (link_id, day, clicks, bots, breakdowns, visitors, sketch)
    where known.link_id = added.link_id and known.day = added.day`
}

/** Once the sketch is deleted, the visitor count stays: a later visitor may have been counted before. */
function mergeDay(row: DayRow, counted: CountedDay, sketchesSince: string) {
  const { linkId, day, clicks, bots, visitors } = counted
  const hasSketch = row.has_sketch_left && day >= sketchesSince
  const sketch = hasSketch && visitors.size > 0 ? addVisitors(row.sketch, visitors) : row.sketch
  return {
    ...{ linkId, day, clicks, bots },
    breakdowns: JSON.stringify(mergeBreakdowns(row.breakdowns, counted.breakdowns)),
    visitors: sketch === null ? null : countVisitors(sketch),
    sketch: sketch === null ? null : Buffer.from(sketch).toString('hex'),
  }
}

export interface DayOfLink {
  readonly day: string
  readonly clicks: number
  readonly visitors: number
  readonly breakdowns: Breakdowns
}

/** The UTC days from `from` on that have clicks, in order. */
export function daysOf({ sql }: Queryable, linkId: string, from: string): Promise<DayOfLink[]> {
  return sql<DayOfLink[]>`
    select day::text, clicks, visitors, breakdowns
    from click_days
    where link_id = ${linkId} and day >= ${from}::date
    order by day`
}

/** An owner's clicks per UTC day from `from` on, only days with clicks. */
export function daysOfOwner(
  { sql }: Queryable,
  ownerId: string,
  from: string,
): Promise<{ date: string; clicks: number; bots: number }[]> {
  return sql`
    select day::text as date, sum(click_days.clicks)::int as clicks, sum(bots)::int as bots
    from click_days join links on links.id = click_days.link_id
    where owner_id = ${ownerId} and deleted_at is null and day >= ${from}::date
    group by day
    order by day`
}

/** The number of an owner's links, and all their clicks. */
export async function totalsOfOwner({ sql }: Queryable, ownerId: string): Promise<{ links: number; clicks: number }> {
  const [row] = await sql<{ links: number; clicks: number }[]>`
    select count(*)::int as links, coalesce(sum(click_totals.clicks), 0)::bigint as clicks
    from links left join click_totals on click_totals.link_id = links.id
    where owner_id = ${ownerId} and deleted_at is null`
  return row ?? { links: 0, clicks: 0 }
}

export interface TopLink {
  readonly id: string
  readonly code: string
  readonly domain: string | null
  readonly url: string
  readonly title: string | null
  readonly clicks: number
}

/** An owner's most clicked links from `from` on. */
export function topLinksOfOwner(
  { sql }: Queryable,
  { ownerId, from, limit }: { ownerId: string; from: string; limit: number },
): Promise<TopLink[]> {
  return sql<TopLink[]>`
    select links.id, code, domains.host as domain, url, title, sum(click_days.clicks)::int as clicks
    from click_days join links on links.id = click_days.link_id left join domains on domains.id = links.domain_id
    where links.owner_id = ${ownerId} and deleted_at is null and day >= ${from}::date and click_days.clicks > 0
    group by links.id, domains.host
    order by clicks desc, links.id
    limit ${limit}`
}

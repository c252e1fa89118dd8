/** SQL for the owner's list. */
import { countRows, type Queryable, type Sql } from '@octet/db'
import type { Position } from '@octet/kernel'
import type { LinkRow } from './rules.ts'

/** Which links of an owner a list is about. */
export interface ListFilter {
  readonly ownerId: string
  readonly q: string | undefined
  readonly tag: string | undefined
  readonly folderId: string | undefined
  readonly domain: string | undefined
  readonly isArchived: boolean
}

export interface ListQuery extends ListFilter {
  readonly limit: number
  readonly after: Position | undefined
  readonly sort: '-createdAt' | 'createdAt' | '-clicks'
}

function linksOf(sql: Sql, { ownerId, q, tag, folderId, domain, isArchived }: ListFilter) {
  const pattern = q === undefined ? undefined : `%${q.replace(/[\\%_]/g, '\\$&')}%`
  const matching = pattern && sql`and (code ilike ${pattern} or url ilike ${pattern} or title ilike ${pattern})`
  return sql`from links
    left join click_totals on click_totals.link_id = links.id
    left join domains on domains.id = links.domain_id
    where links.owner_id = ${ownerId} and deleted_at is null
      and archived_at is ${isArchived ? sql`not null` : sql`null`}
    ${matching ?? sql``}
    ${tag === undefined ? sql`` : sql`and tags @> array[${tag}]`}
    ${folderId === undefined ? sql`` : sql`and folder_id = ${folderId}`}
    ${domain === undefined ? sql`` : sql`and domains.host = ${domain}`}`
}

/** Counts the links of a list; stops at `rowsMax`. */
export function countLinks(db: Queryable, filter: ListFilter, rowsMax: number): Promise<number> {
  return countRows(db, linksOf(db.sql, filter), rowsMax)
}

/**
 * One row more than `limit` when there is a next page. By time it reads `links_of_owner` in order and stops; by clicks
 * it sorts all of the owner's links. The search reads every link of the owner: without an extension that not every
 * PostgreSQL has, no index finds parts of words.
 */
export function listLinks({ sql }: Queryable, query: ListQuery): Promise<LinkRow[]> {
  const { limit, after, sort } = query
  const clicks = sql`coalesce(click_totals.clicks, 0)`
  const { at = '', id = '' } = after ?? {}
  const beyond = {
    '-createdAt': () => sql`and (links.created_at, links.id) < (${at}::timestamptz, ${id}::uuid)`,
    createdAt: () => sql`and (links.created_at, links.id) > (${at}::timestamptz, ${id}::uuid)`,
    '-clicks': () => sql`and (${clicks}, links.id) < (${at}::bigint, ${id}::uuid)`,
  }
  const order = {
    '-createdAt': sql`links.created_at desc, links.id desc`,
    createdAt: sql`links.created_at, links.id`,
    '-clicks': sql`${clicks} desc, links.id desc`,
  }
  return sql<LinkRow[]>`
    select links.*, ${clicks} as clicks, domains.host as domain
    ${linksOf(sql, query)}
    ${after === undefined ? sql`` : beyond[sort]()}
    order by ${order[sort]}
    limit ${limit + 1}`
}

/** The owner's newest unarchived link to exactly this address on this domain. */
export async function findByDestination(
  { sql }: Queryable,
  { ownerId, domainId, url }: { ownerId: string; domainId: string; url: string },
): Promise<LinkRow | undefined> {
  // Held until the transaction ends, so that two concurrent requests do not both find nothing.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`links.destination ${ownerId} ${url}`}, 0))`
  const [row] = await sql<LinkRow[]>`
    select links.*, coalesce(click_totals.clicks, 0) as clicks, domains.host as domain
    from links
    left join click_totals on click_totals.link_id = links.id
    left join domains on domains.id = links.domain_id
    where links.owner_id = ${ownerId} and hashtextextended(url, 0) = hashtextextended(${url}, 0) and url = ${url}
      and links.domain_id = ${domainId} and deleted_at is null and archived_at is null
    order by links.created_at desc, links.id desc
    limit 1`
  return row
}

/** Every live link of an owner, read page by page. */
export async function* eachLinkOf({ sql }: Queryable, ownerId: string, pageMax: number): AsyncIterable<LinkRow> {
  for (let after: string | null = null; ; ) {
    const rows: LinkRow[] = await sql<LinkRow[]>`
      select links.*, coalesce(click_totals.clicks, 0) as clicks, domains.host as domain
      from links
      left join click_totals on click_totals.link_id = links.id
      left join domains on domains.id = links.domain_id
      where links.owner_id = ${ownerId} and deleted_at is null and (${after}::uuid is null or links.id > ${after}::uuid)
      order by links.id limit ${pageMax}`
    yield* rows
    after = rows.at(-1)?.id ?? null
    if (rows.length < pageMax || after === null) return
  }
}

/** SQL for redirects. */
import type { Queryable, Tx } from '@octet/db'
import type { TargetKey } from '../manage/codes.ts'
import type { LinkRow } from '../manage/rules.ts'

/** The data of a redirect, by host and code. */
export async function findTarget(
  { sql }: Queryable,
  { domainId, codeKey: key }: TargetKey,
): Promise<LinkRow | undefined> {
  const [row] = await sql<LinkRow[]>`
    select *, 0 as clicks, null as domain from links
    where domain_id = ${domainId} and code_key = ${key} and deleted_at is null`
  return row
}

/**
 * Claims up to `wanted` clicks of a limited link in one statement, so the limit is exact with any number of processes.
 * `undefined` when the limit is reached.
 */
export async function takeClicks(
  { sql }: Tx,
  id: string,
  wanted: number,
): Promise<{ taken: number; left: number } | undefined> {
  const [row] = await sql<{ taken: number; left: number }[]>`
    with locked as (select id, clicks_used, clicks_max from links where id = ${id} and deleted_at is null for update)
    update links set clicks_used = least(locked.clicks_max, locked.clicks_used + ${wanted})
    from locked
    where links.id = locked.id and locked.clicks_used < locked.clicks_max
    returning links.clicks_used - locked.clicks_used as taken, links.clicks_max - links.clicks_used as left`
  return row
}

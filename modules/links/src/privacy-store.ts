/** SQL for exporting and erasing a person's data in links. */
import type { Queryable, Tx } from '@octet/db'

/** Clicks of every live link of an owner, per quarter of an hour, read page by page. */
export async function* clicksOf({ sql }: Queryable, ownerId: string, pageMax: number): AsyncIterable<object> {
  for (let linkId: string | null = null, bucket: string | null = null; ; ) {
    const rows: { link_id: string; bucket: string }[] = await sql<{ link_id: string; bucket: string }[]>`
      select link_id, bucket, clicks, bots
      from click_counts join links on links.id = link_id
      where owner_id = ${ownerId} and deleted_at is null
        and (${linkId}::uuid is null or (link_id, bucket) > (${linkId}::uuid, ${bucket}::timestamptz))
      order by link_id, bucket limit ${pageMax}`
    yield* rows
    const last = rows.at(-1)
    if (rows.length < pageMax || last === undefined) return
    linkId = last.link_id
    bucket = last.bucket
  }
}

/** Ids of some live links of an owner, locked until the transaction ends. */
export async function someLinksOf({ sql }: Tx, ownerId: string, limit: number): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select id from links where owner_id = ${ownerId} and deleted_at is null order by id limit ${limit} for update`
  return rows.map(({ id }) => id)
}

/** Deletes an owner's data besides links; called once the links are gone. */
export async function deleteBelongings({ sql }: Tx, ownerId: string): Promise<void> {
  await sql`delete from folders where owner_id = ${ownerId}`
  await sql`delete from utm_templates where owner_id = ${ownerId}`
  await sql`delete from domains where owner_id = ${ownerId}`
}

/** Counts rows that still belong to an owner, deleted links included. */
export async function countLinksOf({ sql }: Queryable, ownerId: string): Promise<number> {
  const [row] = await sql<{ rows: number }[]>`
    select ((select count(*) from links where owner_id = ${ownerId})
          + (select count(*) from folders where owner_id = ${ownerId})
          + (select count(*) from utm_templates where owner_id = ${ownerId})
          + (select count(*) from domains where owner_id = ${ownerId}))::int as rows`
  return row?.rows ?? 0
}

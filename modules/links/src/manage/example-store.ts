/** SQL about example links. */
import type { Queryable, Tx } from '@octet/db'

/** Assigns the ownerless example links to an owner. */
export async function giveExamplesTo({ sql }: Tx, ownerId: string): Promise<void> {
  await sql`
    update links set owner_id = ${ownerId}, version = version + 1
    where is_example and owner_id is null and deleted_at is null`
}

/** Ids of an owner's example links, or of ownerless ones. */
export async function exampleIds({ sql }: Queryable, ownerId: string | null): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select id from links
    where is_example and owner_id is not distinct from ${ownerId} and deleted_at is null
    limit 1000`
  return rows.map(({ id }) => id)
}

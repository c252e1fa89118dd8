/** SQL of exports. */
import type { Db, Queryable, Tx } from '@octet/db'

export interface ExportRow {
  readonly id: string
  readonly user_id: string
  readonly state: 'collecting' | 'packing' | 'ready' | 'failed'
  readonly requested_at: string
  readonly expires_at: string
  readonly size_bytes: number | null
}

/** Inserts an export; `undefined` when another export of the account is running. */
export async function insertExport(
  { sql }: Tx,
  { id, userId, now, expiresAt }: { id: string; userId: string; now: string; expiresAt: string },
): Promise<ExportRow | undefined> {
  const [row] = await sql<ExportRow[]>`
    insert into exports (id, user_id, requested_at, expires_at) values (${id}, ${userId}, ${now}, ${expiresAt})
    on conflict (user_id) where state in ('collecting', 'packing') do nothing
    returning id, user_id, state, requested_at, expires_at, size_bytes`
  return row
}

/** An account's exports, newest first. */
export function listExports({ sql }: Queryable, userId: string, limit: number): Promise<ExportRow[]> {
  return sql<ExportRow[]>`
    select id, user_id, state, requested_at, expires_at, size_bytes from exports
    where user_id = ${userId} order by requested_at desc, id desc limit ${limit}`
}

/** Finds an export. */
export async function findExport({ sql }: Queryable, id: string): Promise<ExportRow | undefined> {
  const [row] = await sql<ExportRow[]>`
    select id, user_id, state, requested_at, expires_at, size_bytes from exports where id = ${id}`
  return row
}

/** Marks that all parts have arrived. `false` when the export has advanced further or was deleted. */
export async function beginPacking({ sql }: Tx, id: string): Promise<boolean> {
  const rows = await sql`update exports set state = 'packing' where id = ${id} and state = 'collecting' returning id`
  return rows.length === 1
}

/** Marks the export ready. Returns its owner; `undefined` when the export or the account was deleted. */
export async function finishExport(
  { sql }: Tx,
  id: string,
  { sizeBytes, expiresAt }: { sizeBytes: number; expiresAt: string },
): Promise<string | undefined> {
  const [row] = await sql<{ user_id: string }[]>`
    update exports set state = 'ready', size_bytes = ${sizeBytes}, expires_at = ${expiresAt}
    where id = ${id} and state = 'packing' returning user_id`
  return row?.user_id
}

/** Replaces the link of a ready export. `false` when the export is not ready or has expired. */
export async function setLink(
  { sql }: Db,
  { id, userId, linkHash, now }: { id: string; userId: string; linkHash: Buffer; now: string },
): Promise<boolean> {
  const rows = await sql`
    update exports set link_hash = ${linkHash}
    where id = ${id} and user_id = ${userId} and state = 'ready' and expires_at > ${now} returning id`
  return rows.length === 1
}

/**
 * Takes a link; `undefined` when it is invalid. A single statement, so only one of two concurrent requests succeeds.
 */
export async function useLink({ sql }: Tx, linkHash: Buffer, now: string): Promise<ExportRow | undefined> {
  const [row] = await sql<ExportRow[]>`
    update exports set link_hash = null
    where link_hash = ${linkHash} and state = 'ready' and expires_at > ${now}
    returning id, user_id, state, requested_at, expires_at, size_bytes`
  return row
}

/** Expired exports, at most `limit`. */
export async function expiredExports({ sql }: Queryable, now: string, limit: number): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`select id from exports where expires_at <= ${now} limit ${limit}`
  return rows.map(({ id }) => id)
}

/** Deletes an export's row. Its files must be deleted first, because only the row knows them. */
export async function deleteExport({ sql }: Tx, id: string): Promise<void> {
  await sql`delete from exports where id = ${id}`
}

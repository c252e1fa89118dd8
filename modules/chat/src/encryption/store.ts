/** All SQL about encrypted rooms. The stored bytes are opaque to the server. */
import type { Db, Queryable, Tx } from '@octet/db'

export interface GroupRow {
  readonly epoch: number
  readonly group_info: Buffer | null
}

/** The current epoch of the room's group; `undefined` before the group is created. */
export async function findGroup({ sql }: Queryable, roomId: string): Promise<GroupRow | undefined> {
  const [row] = await sql<GroupRow[]>`select epoch, group_info from groups where room_id = ${roomId}`
  return row
}

/** Creates the group. False when it exists. */
export async function insertGroup({ sql }: Tx, roomId: string, epoch: number, groupInfo: Buffer): Promise<boolean> {
  const rows = await sql`
    insert into groups (room_id, epoch, group_info) values (${roomId}, ${epoch}, ${groupInfo})
    on conflict do nothing returning true`
  return rows.length === 1
}

/** Moves the group from `epoch` to the next one. False when it has already left that epoch. */
export async function moveGroup({ sql }: Tx, roomId: string, epoch: number, groupInfo: Buffer): Promise<boolean> {
  const rows = await sql`
    update groups set epoch = epoch + 1, group_info = ${groupInfo}
    where room_id = ${roomId} and epoch = ${epoch}
    returning true`
  return rows.length === 1
}

/**
 * Keeps sealed copies and returns how many are new. Existing copies stay. Copies of events that do not exist are
 * ignored, so the room's log bounds what a member can store.
 */
export async function insertCopies(
  { sql }: Db,
  { userId, roomId, stream }: { userId: string; roomId: string; stream: string },
  copies: readonly { seq: number; sealed: Buffer }[],
): Promise<number> {
  const seqs = copies.map(({ seq }) => seq)
  const texts = copies.map(({ sealed }) => sealed.toString('hex'))
  const rows = await sql`
    insert into history_copies (user_id, room_id, seq, sealed)
    select ${userId}, ${roomId}, seq, decode(sealed, 'hex')
    from unnest(${seqs}::bigint[], ${texts}::text[])
      as copy (seq, sealed)
    where seq between 1 and (select last_seq from streams where name = ${stream})
    on conflict do nothing returning true`
  return rows.length
}

/** A member's copies, newest first: `limit + 1` rows when there is another page. */
export function listCopies(
  { sql }: Queryable,
  { userId, roomId }: { userId: string; roomId: string },
  { before, limit }: { before: number; limit: number },
): Promise<{ seq: number; sealed: Buffer }[]> {
  return sql<{ seq: number; sealed: Buffer }[]>`
    select seq, sealed from history_copies
    where user_id = ${userId} and room_id = ${roomId} and seq < ${before}
    order by seq desc limit ${limit + 1}`
}

/** The check value of a member's recovery key. */
export async function findRecovery({ sql }: Queryable, userId: string): Promise<Buffer | undefined> {
  const [row] = await sql<{ check: Buffer }[]>`select "check" from recovery_checks where user_id = ${userId}`
  return row?.check
}

/** Replaces the recovery key and deletes the copies that the old key sealed. */
export async function replaceRecovery({ sql }: Tx, userId: string, check: Buffer): Promise<void> {
  await sql`
    insert into recovery_checks (user_id, "check") values (${userId}, ${check})
    on conflict (user_id) do update set "check" = excluded."check", created_at = now()`
  await sql`delete from history_copies where user_id = ${userId}`
}

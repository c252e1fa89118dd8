/** All SQL about encrypted rooms. What is in the bytes the server cannot know. */
import type { Db, Queryable, Tx } from '@octet/db'

export interface GroupRow {
  readonly epoch: number
  readonly group_info: Buffer | null
}

/** Where the room's group stands; `undefined` before it is made. */
export async function findGroup({ sql }: Queryable, roomId: string): Promise<GroupRow | undefined> {
  const [row] = await sql<GroupRow[]>`select epoch, group_info from groups where room_id = ${roomId}`
  return row
}

/** Makes the group, once: false when there is one. */
export async function insertGroup({ sql }: Tx, roomId: string, epoch: number, groupInfo: Buffer): Promise<boolean> {
  const rows = await sql`
    insert into groups (room_id, epoch, group_info) values (${roomId}, ${epoch}, ${groupInfo})
    on conflict do nothing returning true`
  return rows.length === 1
}

/** Moves from `epoch` to the next: false when the group is not there any more. */
export async function moveGroup({ sql }: Tx, roomId: string, epoch: number, groupInfo: Buffer): Promise<boolean> {
  const rows = await sql`
    update groups set epoch = epoch + 1, group_info = ${groupInfo}
    where room_id = ${roomId} and epoch = ${epoch}
    returning true`
  return rows.length === 1
}

/**
 * Keeps sealed copies; one that is there stays as it is. Returns how many are new. None of events there were not: what
 * one may keep is bounded by what was said.
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

/** A member's copies, the newest first; one more than `limit` when there are more. */
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

/** By what a member's recovery key is recognised. */
export async function findRecovery({ sql }: Queryable, userId: string): Promise<Buffer | undefined> {
  const [row] = await sql<{ check: Buffer }[]>`select "check" from recovery_checks where user_id = ${userId}`
  return row?.check
}

/** Another key: what the old one sealed is worthless and goes. */
export async function replaceRecovery({ sql }: Tx, userId: string, check: Buffer): Promise<void> {
  await sql`
    insert into recovery_checks (user_id, "check") values (${userId}, ${check})
    on conflict (user_id) do update set "check" = excluded."check", created_at = now()`
  await sql`delete from history_copies where user_id = ${userId}`
}

/** SQL about bans. */
import { countRows, type Queryable, type Tx } from '@octet/db'
import type { MemberPage } from '../rooms/member-store.ts'

export interface BanRow {
  readonly user_id: string
  readonly reason: string
  readonly banned_by: string | null
  readonly banned_at: string
}

/** Bans a person from the room. An existing ban gets the new reason. */
export async function insertBan(
  { sql }: Tx,
  ban: { roomId: string; userId: string; reason: string; by: string; at: string },
): Promise<void> {
  await sql`
    insert into bans (room_id, user_id, reason, banned_by, banned_at)
    values (${ban.roomId}, ${ban.userId}, ${ban.reason}, ${ban.by}, ${ban.at})
    on conflict (room_id, user_id) do update set reason = excluded.reason`
}

/** Lifts a ban. False when the person was not banned. */
export async function deleteBan({ sql }: Tx, roomId: string, userId: string): Promise<boolean> {
  const rows = await sql`delete from bans where room_id = ${roomId} and user_id = ${userId} returning true`
  return rows.length === 1
}

/** Whether the person is banned from the room. */
export async function isBanned({ sql }: Queryable, roomId: string, userId: string): Promise<boolean> {
  const rows = await sql`select from bans where room_id = ${roomId} and user_id = ${userId}`
  return rows.length === 1
}

/** Bans, newest first. */
export function listBans({ sql }: Queryable, roomId: string, { limit, after }: MemberPage): Promise<BanRow[]> {
  return sql<BanRow[]>`
    select * from bans
    where room_id = ${roomId}
      ${after === undefined ? sql`` : sql`and (banned_at, user_id) < (${after.at}::timestamptz, ${after.id}::uuid)`}
    order by banned_at desc, user_id desc
    limit ${limit + 1}`
}

/** Counts the bans of a room; stops at `rowsMax`. */
export function countBans(db: Queryable, roomId: string, rowsMax: number): Promise<number> {
  return countRows(db, db.sql`from bans where room_id = ${roomId}`, rowsMax)
}

/** SQL about invitations. */
import { countRows, newId, type Queryable, type Sql, type Tx } from '@octet/db'
import type { MemberPage } from '../rooms/member-store.ts'

export interface InvitationRow {
  readonly id: string
  readonly room_id: string
  readonly created_by: string
  readonly created_at: string
  readonly expires_at: string
  readonly uses_left: number
}

/** Stores an invitation. Only its creator knows the token. */
export async function insertInvitation(
  { sql }: Tx,
  invitation: { roomId: string; tokenHash: Buffer; by: string; at: string; hours: number; uses: number },
): Promise<InvitationRow> {
  const { roomId, tokenHash, by, at, hours, uses } = invitation
  const [row] = await sql<InvitationRow[]>`
    insert into invitations (id, room_id, token_hash, created_by, created_at, expires_at, uses_left)
    values (${newId()}, ${roomId}, ${tokenHash}, ${by}, ${at},
            ${at}::timestamptz + make_interval(hours => ${hours}), ${uses})
    returning *`
  if (row === undefined) throw new Error('an insert returned nothing')
  return row
}

/** The room of a valid invitation. */
export async function findInvitation({ sql }: Queryable, hash: Buffer, now: string): Promise<string | undefined> {
  const [row] = await sql<{ room_id: string }[]>`
    select room_id from invitations where token_hash = ${hash} and uses_left > 0 and expires_at > ${now}`
  return row?.room_id
}

/** Consumes one use in a single statement, so that two callers cannot both take the last one. */
export async function useInvitation({ sql }: Tx, hash: Buffer, now: string): Promise<boolean> {
  const rows = await sql`
    update invitations set uses_left = uses_left - 1
    where token_hash = ${hash} and uses_left > 0 and expires_at > ${now}
    returning true`
  return rows.length === 1
}

const validIn = (sql: Sql, roomId: string, now: string) => {
  return sql`from invitations where room_id = ${roomId} and uses_left > 0 and expires_at > ${now}`
}

/** Counts the valid invitations of a room; stops at `rowsMax`. */
export function countInvitations(db: Queryable, roomId: string, now: string, rowsMax: number): Promise<number> {
  return countRows(db, validIn(db.sql, roomId, now), rowsMax)
}

/** Valid invitations, newest first. */
export function listInvitations(
  { sql }: Queryable,
  roomId: string,
  { limit, after, now }: MemberPage & { now: string },
): Promise<InvitationRow[]> {
  return sql<InvitationRow[]>`
    select * ${validIn(sql, roomId, now)}
      ${after === undefined ? sql`` : sql`and (created_at, id) < (${after.at}::timestamptz, ${after.id}::uuid)`}
    order by created_at desc, id desc
    limit ${limit + 1}`
}

/** Revokes an invitation. False when the room does not have it. */
export async function deleteInvitation({ sql }: Tx, roomId: string, id: string): Promise<boolean> {
  const rows = await sql`delete from invitations where room_id = ${roomId} and id = ${id} returning true`
  return rows.length === 1
}

/** Revokes the invitations of a removed member, so that neither they nor their guests can return by them. */
export async function deleteInvitationsBy({ sql }: Tx, roomId: string, userId: string): Promise<void> {
  await sql`delete from invitations where room_id = ${roomId} and created_by = ${userId}`
}

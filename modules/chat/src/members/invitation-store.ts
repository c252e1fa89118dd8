/** SQL about invitations. */
import { newId, type Queryable, type Tx } from '@octet/db'
import type { MemberPage } from '../rooms/member-store.ts'

export interface InvitationRow {
  readonly id: string
  readonly room_id: string
  readonly created_by: string
  readonly created_at: string
  readonly expires_at: string
  readonly uses_left: number
}

/** Keeps an invitation; its token is known to whoever made it. */
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

/** The room an invitation that still works leads to. */
export async function findInvitation({ sql }: Queryable, hash: Buffer, now: string): Promise<string | undefined> {
  const [row] = await sql<{ room_id: string }[]>`
    select room_id from invitations where token_hash = ${hash} and uses_left > 0 and expires_at > ${now}`
  return row?.room_id
}

/** Takes one of its uses: one statement, so that two cannot take the last. */
export async function useInvitation({ sql }: Tx, hash: Buffer, now: string): Promise<boolean> {
  const rows = await sql`
    update invitations set uses_left = uses_left - 1
    where token_hash = ${hash} and uses_left > 0 and expires_at > ${now}
    returning true`
  return rows.length === 1
}

/** Invitations that still work, the newest first. */
export function listInvitations(
  { sql }: Queryable,
  roomId: string,
  { limit, after, now }: MemberPage & { now: string },
): Promise<InvitationRow[]> {
  return sql<InvitationRow[]>`
    select * from invitations
    where room_id = ${roomId} and uses_left > 0 and expires_at > ${now}
      ${after === undefined ? sql`` : sql`and (created_at, id) < (${after.at}::timestamptz, ${after.id}::uuid)`}
    order by created_at desc, id desc
    limit ${limit + 1}`
}

/** False when there is none of that id in the room. */
export async function deleteInvitation({ sql }: Tx, roomId: string, id: string): Promise<boolean> {
  const rows = await sql`delete from invitations where room_id = ${roomId} and id = ${id} returning true`
  return rows.length === 1
}

/** Whoever is put out lets nobody in any more, themselves least of all. */
export async function deleteInvitationsBy({ sql }: Tx, roomId: string, userId: string): Promise<void> {
  await sql`delete from invitations where room_id = ${roomId} and created_by = ${userId}`
}

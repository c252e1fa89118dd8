/** All SQL about members and their cursors. */
import type { MemberRole } from '@octet/contracts/chat'
import { countRows, type Db, type Queryable, type Tx } from '@octet/db'

export interface MemberRow {
  readonly room_id: string
  readonly user_id: string
  readonly role: MemberRole
  readonly joined_at: string
  readonly muted_until: string | null
  readonly delivered_seq: number
  readonly read_seq: number
}

/** One member of a room. */
export async function findMember({ sql }: Queryable, roomId: string, userId: string): Promise<MemberRow | undefined> {
  const [row] = await sql<MemberRow[]>`select * from members where room_id = ${roomId} and user_id = ${userId}`
  return row
}

/** Adds a member. Both cursors start at `fromSeq`, so older messages do not count as unread. False for members. */
export async function insertMember(
  { sql }: Tx,
  member: { roomId: string; userId: string; role: MemberRole; at: string; fromSeq: number },
): Promise<boolean> {
  const { roomId, userId, role, at, fromSeq } = member
  const rows = await sql`
    with added as (
      insert into members (room_id, user_id, role, joined_at, delivered_seq, read_seq)
      values (${roomId}, ${userId}, ${role}, ${at}, ${fromSeq}, ${fromSeq})
      on conflict do nothing returning room_id
    )
    update rooms set member_count = member_count + 1 from added where rooms.id = added.room_id returning true`
  return rows.length === 1
}

/** Removes a member. False when they were not one. */
export async function deleteMember({ sql }: Tx, roomId: string, userId: string): Promise<boolean> {
  const rows = await sql`
    with gone as (
      delete from members where room_id = ${roomId} and user_id = ${userId} returning room_id
    )
    update rooms set member_count = member_count - 1 from gone where rooms.id = gone.room_id returning true`
  return rows.length === 1
}

/** Writes a member's role and mute. */
export async function updateMember(
  { sql }: Tx,
  { room_id, user_id }: MemberRow,
  change: { role: MemberRole; mutedUntil: string | null },
): Promise<void> {
  await sql`
    update members set role = ${change.role}, muted_until = ${change.mutedUntil}
    where room_id = ${room_id} and user_id = ${user_id}`
}

/** Sets what the room may notify a member about. */
export async function setNotify({ sql }: Db, roomId: string, userId: string, notify: string): Promise<void> {
  await sql`update members set notify = ${notify} where room_id = ${roomId} and user_id = ${userId}`
}

/** The number of owners. */
export async function countOwners({ sql }: Queryable, roomId: string): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count from members where room_id = ${roomId} and role = 'owner'`
  return row?.count ?? 0
}

/** The next owner when the last one goes: moderators before members, by length of membership. */
export async function findHeir({ sql }: Tx, roomId: string, userId: string): Promise<MemberRow | undefined> {
  const [row] = await sql<MemberRow[]>`
    select * from members where room_id = ${roomId} and user_id <> ${userId}
    order by role = 'moderator' desc, joined_at, user_id limit 1`
  return row
}

export interface MemberPage {
  readonly limit: number
  readonly after: { readonly at: string; readonly id: string } | undefined
}

/** Members in the order they joined: `limit + 1` rows when there is another page. */
export function listMembers({ sql }: Queryable, roomId: string, { limit, after }: MemberPage): Promise<MemberRow[]> {
  return sql<MemberRow[]>`
    select * from members
    where room_id = ${roomId}
      ${after === undefined ? sql`` : sql`and (joined_at, user_id) > (${after.at}::timestamptz, ${after.id}::uuid)`}
    order by joined_at, user_id
    limit ${limit + 1}`
}

/** Counts the members of a room; stops at `rowsMax`. */
export function countMembers(db: Queryable, roomId: string, rowsMax: number): Promise<number> {
  return countRows(db, db.sql`from members where room_id = ${roomId}`, rowsMax)
}

/** The other members of direct conversations. */
export function otherMembers(
  { sql }: Queryable,
  roomIds: readonly string[],
  userId: string,
): Promise<{ room_id: string; user_id: string }[]> {
  return sql<{ room_id: string; user_id: string }[]>`
    select room_id, user_id from members
    where room_id = any(${[...roomIds]}::uuid[]) and user_id <> ${userId}
    order by room_id, joined_at, user_id
    limit 1000`
}

/** Whether the room is a direct conversation. */
export async function isDirect({ sql }: Queryable, roomId: string): Promise<boolean> {
  const rows = await sql`select from rooms where id = ${roomId} and kind = 'direct'`
  return rows.length === 1
}

/** The other members of a direct conversation. Empty for channels. */
export async function directPartners({ sql }: Queryable, roomId: string, userId: string): Promise<string[]> {
  const rows = await sql<{ user_id: string }[]>`
    select user_id from members join rooms on rooms.id = room_id
    where room_id = ${roomId} and kind = 'direct' and user_id <> ${userId} limit 8`
  return rows.map(({ user_id }) => user_id)
}

/** The members among these people. */
export async function membersAmong({ sql }: Queryable, roomId: string, userIds: readonly string[]): Promise<string[]> {
  if (userIds.length === 0) return []
  const rows = await sql<{ user_id: string }[]>`
    select user_id from members where room_id = ${roomId} and user_id = any(${[...userIds]}::uuid[])`
  return rows.map(({ user_id }) => user_id)
}

// ---- cursors ----------------------------------------------------------------------------------------------------

export interface CursorRow {
  readonly user_id: string
  readonly delivered_seq: number
  readonly read_seq: number
}

interface Moved {
  readonly has_read: boolean
  /** Whether others may see how far they have read. */
  readonly is_shown: boolean
  /** Whether anything moved that others may see. */
  readonly is_told: boolean
}

/**
 * Moves a member's cursors forward, never back and never past the end. A read message also counts as delivered.
 * `undefined` for non-members; `has_read` and `is_told` say which cursors must be published.
 */
export async function moveCursors(
  { sql }: Db,
  { roomId, userId, stream }: { roomId: string; userId: string; stream: string },
  to: { delivered: number; read: number },
): Promise<(CursorRow & Moved) | undefined> {
  const [row] = await sql<(CursorRow & Moved)[]>`
    with before as (
      select user_id, delivered_seq, read_seq, coalesce(streams.last_seq, 0) as head
      from members left join streams on streams.name = ${stream}
      where room_id = ${roomId} and user_id = ${userId}
    ), wanted as (
      select user_id, delivered_seq as was_delivered, read_seq as was_read,
             greatest(delivered_seq, least(${to.delivered}, head)) as delivered,
             greatest(read_seq, least(${to.read}, head)) as read
      from before
    ), moved as (
      update members
      set delivered_seq = greatest(members.delivered_seq, wanted.delivered),
          read_seq = greatest(members.read_seq, wanted.read)
      from wanted
      where room_id = ${roomId} and members.user_id = wanted.user_id
        and (wanted.delivered > members.delivered_seq or wanted.read > members.read_seq)
      returning members.user_id, members.delivered_seq, members.read_seq
    )
    select moved.user_id, moved.delivered_seq, moved.read_seq, read_seq > was_read as has_read,
           coalesce(show_reading, true) as is_shown,
           coalesce(show_reading, true) or delivered_seq > was_delivered as is_told
    from moved join wanted using (user_id) left join settings using (user_id)
    union all
    select user_id, delivered, read, false, true, false from wanted where not exists (select from moved)`
  return row
}

/** Members who read most recently, at most `limit`, as far as they share it with the viewer. */
export function readCursors(
  { sql }: Queryable,
  { roomId, viewerId, limit }: { roomId: string; viewerId: string; limit: number },
): Promise<CursorRow[]> {
  return sql<CursorRow[]>`
    select user_id, delivered_seq,
           case when show_reading is false and user_id <> ${viewerId} then 0 else read_seq end as read_seq
    from (
      select user_id, delivered_seq, read_seq from members
      where room_id = ${roomId} order by read_seq desc limit ${limit}) as latest
    left join settings using (user_id)
    order by 3 desc, user_id`
}

// ---- bans -------------------------------------------------------------------------------------------------------

// ---- invitations ------------------------------------------------------------------------------------------------

// ---- moderation log ---------------------------------------------------------------------------------------------

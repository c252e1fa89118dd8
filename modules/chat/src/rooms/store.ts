/** All SQL about rooms. Pass the `Tx` when there is one. */
import type { MemberRole } from '@octet/contracts/chat'
import { countRows, newId, type Queryable, type Sql, type Tx } from '@octet/db'
import { unreadMax } from './rules.ts'

export interface RoomRow {
  readonly id: string
  readonly kind: 'channel' | 'direct'
  readonly visibility: 'public' | 'private'
  readonly name: string | null
  readonly topic: string
  readonly is_encrypted: boolean
  readonly is_example: boolean
  readonly member_count: number
  readonly created_at: string
  readonly last_message_at: string | null
  readonly version: number
}

/** A room and a person's membership; `role` is null for non-members. */
export interface PlacedRoom extends RoomRow {
  readonly head_seq: number
  readonly role: MemberRole | null
  readonly muted_until: string | null
}

/** A room as one person sees it; the last columns are null for non-members. */
export interface SeenRoom extends PlacedRoom {
  readonly active_at: string
  readonly notify: 'all' | 'mentions' | 'nothing' | null
  readonly joined_at: string | null
  readonly read_seq: number | null
  readonly unread: number
  readonly unread_mentions: number
}

export interface NewRoom {
  readonly kind: 'channel' | 'direct'
  readonly visibility: 'public' | 'private'
  readonly name: string | null
  readonly nameKey: string | null
  readonly topic: string
  readonly directKey: string | null
  readonly isEncrypted: boolean
  readonly isExample: boolean
  readonly createdBy: string | null
  readonly createdAt: string
}

/** Inserts a room. `undefined` when the name, or the conversation between these people, exists. */
export async function insertRoom({ sql }: Tx, room: NewRoom): Promise<string | undefined> {
  const [row] = await sql<{ id: string }[]>`
    insert into rooms (id, kind, visibility, name, name_key, topic, direct_key, is_encrypted, is_example,
                       created_by, created_at)
    values (${newId()}, ${room.kind}, ${room.visibility}, ${room.name}, ${room.nameKey}, ${room.topic},
            ${room.directKey}, ${room.isEncrypted}, ${room.isExample}, ${room.createdBy}, ${room.createdAt})
    on conflict do nothing
    returning id`
  return row?.id
}

/** The conversation of a set of people. */
export async function findDirect({ sql }: Queryable, directKey: string): Promise<string | undefined> {
  const [row] = await sql<{ id: string }[]>`select id from rooms where direct_key = ${directKey}`
  return row?.id
}

/** Locks the room against every other change in it until the transaction ends. */
export async function lockRoom({ sql }: Tx, id: string): Promise<RoomRow | undefined> {
  const [row] = await sql<RoomRow[]>`select * from rooms where id = ${id} for update`
  return row
}

function seen({ sql }: Queryable, viewerId: string) {
  return sql`
    rooms.*, coalesce(streams.last_seq, 0) as head_seq, coalesce(last_message_at, created_at) as active_at,
    members.role, members.notify, members.joined_at, members.muted_until, members.read_seq,
    coalesce(unread.count, 0)::int as unread, coalesce(mentioned.count, 0)::int as unread_mentions
    from rooms
    left join streams on streams.name = 'chat:room:' || rooms.id
    left join members on members.room_id = rooms.id and members.user_id = ${viewerId}
    left join lateral (
      select count(*) from (
        select from messages
        where messages.room_id = members.room_id and seq > members.read_seq
          and author_id <> members.user_id and deleted_at is null
        order by seq limit ${unreadMax}) as counted
    ) as unread on true
    left join lateral (
      select count(*) from (
        select from mentions
        where mentions.user_id = members.user_id and mentions.room_id = members.room_id and seq > members.read_seq
        limit ${unreadMax}) as counted
    ) as mentioned on true`
}

/** What `access.ts` decides on; nothing is counted. */
export async function findPlace({ sql }: Queryable, id: string, userId: string): Promise<PlacedRoom | undefined> {
  const [row] = await sql<PlacedRoom[]>`
    select rooms.*, coalesce(streams.last_seq, 0) as head_seq, members.role, members.muted_until
    from rooms
    left join streams on streams.name = 'chat:room:' || rooms.id
    left join members on members.room_id = rooms.id and members.user_id = ${userId}
    where rooms.id = ${id}`
  return row
}

/** One room without any check: `access.ts` decides. */
export async function findRoom(db: Queryable, id: string, viewerId: string): Promise<SeenRoom | undefined> {
  const [row] = await db.sql<SeenRoom[]>`select ${seen(db, viewerId)} where rooms.id = ${id}`
  return row
}

export interface RoomPage {
  readonly limit: number
  readonly after: { readonly at: string; readonly id: string } | undefined
}

/**
 * The viewer's rooms, newest message first: `limit + 1` rows when there is another page. The page is selected first, so
 * that unread messages are counted in its rooms only.
 */
export function listRooms(db: Queryable, viewerId: string, { limit, after }: RoomPage): Promise<SeenRoom[]> {
  const { sql } = db
  const beyond =
    after && sql`and (coalesce(last_message_at, created_at), id) < (${after.at}::timestamptz, ${after.id}::uuid)`
  return sql<SeenRoom[]>`
    select ${seen(db, viewerId)}
    where rooms.id in (
      select id from members as own join rooms as listed on id = room_id
      where user_id = ${viewerId} ${beyond ?? sql``}
      order by coalesce(last_message_at, created_at) desc, id desc
      limit ${limit + 1})
    order by active_at desc, rooms.id desc`
}

/** Counts the viewer's rooms; stops at `rowsMax`. */
export function countRooms(db: Queryable, viewerId: string, rowsMax: number): Promise<number> {
  return countRows(db, db.sql`from members where user_id = ${viewerId}`, rowsMax)
}

/** Public rooms with `q` in their name or topic. */
function isPublic(sql: Sql, q: string | undefined) {
  const pattern = q === undefined ? undefined : `%${q.replace(/[\\%_]/g, '\\$&')}%`
  return sql`visibility = 'public' and kind = 'channel'
      ${pattern === undefined ? sql`` : sql`and (rooms.name ilike ${pattern} or topic ilike ${pattern})`}`
}

/** Counts public rooms; stops at `rowsMax`. */
export function countPublicRooms(db: Queryable, q: string | undefined, rowsMax: number): Promise<number> {
  return countRows(db, db.sql`from rooms where ${isPublic(db.sql, q)}`, rowsMax)
}

export interface BrowsePage {
  readonly limit: number
  readonly after: { readonly memberCount: number; readonly id: string } | undefined
  readonly q: string | undefined
}

/** Public rooms, largest first. */
export function browseRooms(db: Queryable, viewerId: string, { limit, after, q }: BrowsePage): Promise<SeenRoom[]> {
  const { sql } = db
  return sql<SeenRoom[]>`
    select ${seen(db, viewerId)}
    where ${isPublic(sql, q)}
      ${after === undefined ? sql`` : sql`and (member_count, rooms.id) < (${after.memberCount}, ${after.id}::uuid)`}
    order by member_count desc, rooms.id desc
    limit ${limit + 1}`
}

/** Updates a locked room. Violates `rooms_public_name` when the name is taken. */
export async function updateRoom(
  { sql }: Tx,
  id: string,
  change: { name: string; nameKey: string; topic: string; visibility: string },
): Promise<void> {
  await sql`
    update rooms
    set name = ${change.name}, name_key = ${change.nameKey}, topic = ${change.topic},
        visibility = ${change.visibility}, version = version + 1
    where id = ${id}`
}

/** Deletes the room, everything that references it, and its log. */
export async function deleteRoom({ sql }: Tx, id: string, stream: string): Promise<void> {
  await sql`delete from sends where message_id in (select messages.id from messages where room_id = ${id})`
  await sql`delete from rooms where id = ${id}`
  await sql`delete from stream_events where stream = ${stream} and seq < (
    select last_seq from streams where name = ${stream})`
}

/** Records the time of the newest message. */
export async function touchRoom({ sql }: Tx, id: string, at: string): Promise<void> {
  await sql`update rooms set last_message_at = greatest(last_message_at, ${at}) where id = ${id}`
}

/** `seq` of a stream's newest event; 0 before the first. */
export async function headOf({ sql }: Queryable, stream: string): Promise<number> {
  const [row] = await sql<{ last_seq: number }[]>`select last_seq from streams where name = ${stream}`
  return row?.last_seq ?? 0
}

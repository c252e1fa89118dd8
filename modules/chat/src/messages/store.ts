/** All SQL about messages, reactions and mentions. */
import type { FileInfo, Preview } from '@octet/contracts/chat'
import { countRows, type Queryable, type Sql, type Tx } from '@octet/db'

/** A message as it stands now, with its reactions in the order they first came. */
export interface MessageRow {
  readonly id: string
  readonly room_id: string
  readonly seq: number
  readonly author_id: string
  readonly cmid: string
  readonly body: string
  readonly created_at: string
  readonly edited_at: string | null
  readonly deleted_at: string | null
  readonly reply_to_id: string | null
  readonly thread_id: string | null
  readonly reply_count: number
  readonly last_reply_at: string | null
  readonly mentions: readonly string[]
  readonly pinned_at: string | null
  readonly reactions: readonly { emoji: string; count: number; userIds: string[] }[]
  readonly files: readonly FileInfo[]
  readonly preview: Preview | null
}

const reactorsShown = 50

function whole({ sql }: Queryable) {
  return sql`
    messages.id, messages.room_id, messages.seq, messages.author_id, messages.cmid, messages.body,
    messages.created_at, messages.edited_at, messages.deleted_at, messages.reply_to_id, messages.thread_id,
    messages.reply_count, messages.last_reply_at, messages.mentions, messages.pinned_at,
    coalesce((
      select jsonb_agg(jsonb_build_object('emoji', emoji, 'count', count, 'userIds', user_ids) order by first_at, emoji)
      from (
        select emoji, count(*)::int as count, min(at) as first_at,
               (array_agg(user_id order by at, user_id))[1:${sql.unsafe(String(reactorsShown))}] as user_ids
        from reactions where reactions.message_id = messages.id
        group by emoji) as kinds
    ), '[]'::jsonb) as reactions,
    coalesce((
      select jsonb_agg(jsonb_build_object(
               'id', files.id, 'name', files.name, 'contentType', content_type, 'sizeBytes', size_bytes,
               'sha256', sha256, 'width', width, 'height', height, 'hasThumbnail', has_thumbnail) order by place)
      from files where files.message_id = messages.id and state = 'ready' and not is_preview
    ), '[]'::jsonb) as files,
    (select jsonb_build_object('url', url, 'title', title, 'description', description, 'siteName', site_name,
                               'imageFileId', image_file_id)
     from previews where previews.message_id = messages.id) as preview`
}

/**
 * Claims a cmid for this message. When the cmid is taken, returns the row of the message it stands for. A concurrent
 * send under the same cmid waits here until the first one commits or fails.
 */
export async function claimCmid(
  { sql }: Tx,
  send: { authorId: string; cmid: string; bodyHash: Buffer; messageId: string },
): Promise<{ bodyHash: Buffer; messageId: string } | undefined> {
  const claimed = await sql`
    insert into sends (author_id, cmid, body_hash, message_id)
    values (${send.authorId}, ${send.cmid}, ${send.bodyHash}, ${send.messageId})
    on conflict do nothing returning true`
  if (claimed.length === 1) return undefined
  const [row] = await sql<{ body_hash: Buffer; message_id: string }[]>`
    select body_hash, message_id from sends where author_id = ${send.authorId} and cmid = ${send.cmid}`
  if (row === undefined) throw new Error('a cmid is taken and not there')
  return { bodyHash: row.body_hash, messageId: row.message_id }
}

export interface NewMessage {
  readonly id: string
  readonly roomId: string
  readonly seq: number
  readonly authorId: string
  readonly cmid: string
  readonly body: string
  readonly createdAt: string
  readonly replyToId: string | null
  readonly threadId: string | null
  readonly mentions: readonly string[]
  readonly isSearchable: boolean
}

/** Inserts a message at its place, counts it in its thread and records its mentions. */
export async function insertMessage({ sql }: Tx, message: NewMessage): Promise<void> {
  await sql`
    insert into messages (id, room_id, seq, author_id, cmid, body, created_at, reply_to_id, thread_id, mentions,
                          is_searchable)
    values (${message.id}, ${message.roomId}, ${message.seq}, ${message.authorId}, ${message.cmid}, ${message.body},
            ${message.createdAt}, ${message.replyToId}, ${message.threadId}, ${[...message.mentions]}::uuid[],
            ${message.isSearchable})`
  if (message.threadId !== null) {
    await sql`
      update messages set reply_count = reply_count + 1, last_reply_at = ${message.createdAt}
      where id = ${message.threadId}`
  }
  await insertMentions({ sql }, message)
}

/** One message of a room, deleted or not. */
export async function findMessage(db: Queryable, roomId: string, id: string): Promise<MessageRow | undefined> {
  const [row] = await db.sql<MessageRow[]>`
    select ${whole(db)} from messages where id = ${id} and room_id = ${roomId}`
  return row
}

export interface MessagePage {
  readonly roomId: string
  readonly threadId: string | undefined
  readonly limit: number
}

/** Up to `limit` messages with a larger `seq`, oldest first. Served by `messages_in_order`. */
export function messagesAfter(db: Queryable, { roomId, threadId, limit }: MessagePage, seq: number) {
  return db.sql<MessageRow[]>`
    select ${whole(db)} from messages
    where room_id = ${roomId} and seq > ${seq} ${inThread(db, threadId)}
    order by seq limit ${limit}`
}

/** Up to `limit` messages with a smaller `seq`, newest first. */
export function messagesBefore(db: Queryable, { roomId, threadId, limit }: MessagePage, seq: number) {
  return db.sql<MessageRow[]>`
    select ${whole(db)} from messages
    where room_id = ${roomId} and seq < ${seq} ${inThread(db, threadId)}
    order by seq desc limit ${limit}`
}

/** A thread includes its first message. */
function inThread({ sql }: Queryable, threadId: string | undefined) {
  return threadId === undefined ? sql`` : sql`and (thread_id = ${threadId} or messages.id = ${threadId})`
}

/** `seq` of the first message at or after that time, or of the last message when all are earlier. */
export async function seqAt({ sql }: Queryable, roomId: string, at: string): Promise<number> {
  const [row] = await sql<{ seq: number }[]>`
    (select seq from messages where room_id = ${roomId} and created_at >= ${at} order by created_at, seq limit 1)
    union all
    (select seq from messages where room_id = ${roomId} order by seq desc limit 1)
    limit 1`
  return row?.seq ?? 0
}

/** Replaces the text of a message. People it no longer mentions lose the mention. */
export async function changeBody(
  { sql }: Tx,
  { id, room_id, seq }: MessageRow,
  change: { body: string; mentions: readonly string[]; at: string },
): Promise<void> {
  const mentions = [...change.mentions]
  await sql`
    update messages set body = ${change.body}, mentions = ${mentions}::uuid[], edited_at = ${change.at}
    where id = ${id}`
  await sql`
    delete from mentions where room_id = ${room_id} and seq = ${seq} and user_id <> all(${mentions}::uuid[])`
  await insertMentions({ sql }, { roomId: room_id, seq, mentions })
}

async function insertMentions(
  { sql }: Pick<Tx, 'sql'>,
  { roomId, seq, mentions }: Pick<NewMessage, 'roomId' | 'seq' | 'mentions'>,
): Promise<void> {
  if (mentions.length === 0) return
  await sql`
    insert into mentions (user_id, room_id, seq)
    select user_id, ${roomId}, ${seq} from unnest(${[...mentions]}::uuid[]) as m (user_id)
    on conflict do nothing`
}

/** Empties the message. Its place in the room stays. */
export async function emptyMessage({ sql }: Tx, { id, room_id, seq, thread_id }: MessageRow, at: string) {
  await sql`
    update messages set body = '', mentions = '{}', deleted_at = ${at}, pinned_at = null where id = ${id}`
  await sql`delete from reactions where message_id = ${id}`
  await sql`delete from previews where message_id = ${id}`
  await sql`delete from mentions where room_id = ${room_id} and seq = ${seq}`
  if (thread_id !== null) await sql`update messages set reply_count = reply_count - 1 where id = ${thread_id}`
}

/** Stores the preview of the address in a message. */
export async function putPreview(
  { sql }: Tx,
  messageId: string,
  { url, title, description, siteName, imageFileId }: Preview,
): Promise<void> {
  await sql`
    insert into previews (message_id, url, title, description, site_name, image_file_id)
    values (${messageId}, ${url}, ${title}, ${description}, ${siteName}, ${imageFileId})
    on conflict (message_id) do update
    set url = excluded.url, title = excluded.title, description = excluded.description,
        site_name = excluded.site_name, image_file_id = excluded.image_file_id`
}

/** Removes the preview of a message. */
export async function removePreview({ sql }: Tx, messageId: string): Promise<void> {
  await sql`delete from previews where message_id = ${messageId}`
}

/** Removes deleted text from the log as well: its events lose their bodies. */
export async function emptyEvents({ sql }: Tx, stream: string, messageId: string): Promise<void> {
  await sql`
    update stream_events set body = body || '{"body": "", "mentions": [], "files": [], "preview": null}'
    where stream = ${stream} and type in ('message', 'message-changed') and body ->> 'id' = ${messageId}`
}

/** Adds a reaction. False when that person has already given that emoji. */
export async function addReaction(
  { sql }: Tx,
  reaction: { messageId: string; emoji: string; userId: string },
): Promise<boolean> {
  const rows = await sql`
    insert into reactions (message_id, emoji, user_id, at)
    values (${reaction.messageId}, ${reaction.emoji}, ${reaction.userId}, clock_timestamp())
    on conflict do nothing returning true`
  return rows.length === 1
}

/** Removes a reaction. False when that person has not given that emoji. */
export async function removeReaction(
  { sql }: Tx,
  { messageId, emoji, userId }: { messageId: string; emoji: string; userId: string },
): Promise<boolean> {
  const rows = await sql`
    delete from reactions where message_id = ${messageId} and emoji = ${emoji} and user_id = ${userId} returning true`
  return rows.length === 1
}

/** Pins a message, or unpins it with null. */
export async function setPinned({ sql }: Tx, id: string, at: string | null): Promise<void> {
  await sql`update messages set pinned_at = ${at} where id = ${id}`
}

/** The pinned messages of a room, latest first. */
export function listPins(db: Queryable, roomId: string, limit: number): Promise<MessageRow[]> {
  return db.sql<MessageRow[]>`
    select ${whole(db)} from messages
    where room_id = ${roomId} and pinned_at is not null
    order by pinned_at desc limit ${limit}`
}

/** Which messages of a user's rooms a search is about. */
export interface SearchFilter {
  readonly userId: string
  readonly q: string
  readonly roomId: string | undefined
  readonly authorId: string | undefined
  readonly fromTime: string | undefined
  readonly toTime: string | undefined
}

export interface Search extends SearchFilter {
  readonly limit: number
  readonly after: { readonly at: string; readonly id: string } | undefined
}

export interface FoundMessage extends MessageRow {
  readonly room_name: string | null
}

/**
 * Finds messages in the user's rooms, newest first. Searches room by room: `messages_by_time` serves a frequent word,
 * `messages_words` a rare one. Statistics of this very word decide, so the plan is made for each query. One search over
 * all rooms visited every match before sorting: 5.7 s for a word in a million messages, against 1.5 ms this way.
 */
export async function searchMessages(tx: Tx, search: Search): Promise<FoundMessage[]> {
  const { sql } = tx
  const { after } = search
  await sql`set local plan_cache_mode = force_custom_plan`
  return sql<FoundMessage[]>`
    select ${whole(tx)}, rooms.name as room_name
    from members
    join rooms on rooms.id = members.room_id
    cross join lateral (
      select * from messages
      where ${isFound(sql, search)}
        ${
          after === undefined
            ? sql``
            : sql`and created_at <= ${after.at} and (created_at, id) < (${after.at}::timestamptz, ${after.id}::uuid)`
        }
      order by created_at desc, id desc
      limit ${search.limit + 1}) as messages
    where ${isSearched(sql, search)}
    order by messages.created_at desc, messages.id desc
    limit ${search.limit + 1}`
}

/** Counts the messages a search finds, room by room; stops at `rowsMax`. */
export async function countFoundMessages(tx: Tx, search: SearchFilter, rowsMax: number): Promise<number> {
  const { sql } = tx
  await sql`set local plan_cache_mode = force_custom_plan`
  const found = sql`
    from members
    join rooms on rooms.id = members.room_id
    cross join lateral (select from messages where ${isFound(sql, search)} limit ${rowsMax}) as messages
    where ${isSearched(sql, search)}`
  return countRows(tx, found, rowsMax)
}

const isSearched = (sql: Sql, { userId, roomId }: SearchFilter) => sql`
  members.user_id = ${userId} and last_message_at is not null
  ${roomId === undefined ? sql`` : sql`and members.room_id = ${roomId}`}`

const isFound = (sql: Sql, { q, authorId, fromTime, toTime }: SearchFilter) => sql`
  messages.room_id = members.room_id and deleted_at is null
  and words @@ websearch_to_tsquery('simple', ${q})
  ${authorId === undefined ? sql`` : sql`and author_id = ${authorId}`}
  ${fromTime === undefined ? sql`` : sql`and created_at >= ${fromTime}`}
  ${toTime === undefined ? sql`` : sql`and created_at < ${toTime}`}`

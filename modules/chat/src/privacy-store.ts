/** SQL for exporting and erasing a person's chat data. */
import type { Queryable, Tx } from '@octet/db'
import type { MessageRow } from './messages/store.ts'

type Said = Pick<MessageRow, 'id' | 'room_id' | 'seq' | 'body' | 'created_at' | 'edited_at'>

/** Every message a person wrote and did not delete, read page by page. */
export async function* eachMessageOf({ sql }: Queryable, userId: string, pageMax: number): AsyncIterable<object> {
  for (let after: string | null = null; ; ) {
    const rows: Said[] = await sql<Said[]>`
      select id, room_id, seq, body, created_at, edited_at from messages
      where author_id = ${userId} and deleted_at is null and (${after}::uuid is null or id > ${after}::uuid)
      order by id limit ${pageMax}`
    yield* rows
    after = rows.at(-1)?.id ?? null
    if (rows.length < pageMax || after === null) return
  }
}

/** Rooms a person is in or has created; at most `limit`. */
export function roomsOf({ sql }: Queryable, userId: string, limit: number): Promise<object[]> {
  return sql<object[]>`
    select rooms.id, kind, visibility, name, topic, rooms.created_at, role, joined_at, notify, read_seq
    from rooms left join members on members.room_id = rooms.id and members.user_id = ${userId}
    where members.user_id is not null or created_by = ${userId}
    order by rooms.id limit ${limit}`
}

/** Reactions a person gave; at most `limit`. */
export function reactionsOf({ sql }: Queryable, userId: string, limit: number): Promise<object[]> {
  return sql<object[]>`
    select message_id, emoji, at from reactions where user_id = ${userId} order by message_id, emoji limit ${limit}`
}

/** Some of the rooms that still hold data of a person. */
export async function someRoomsWith({ sql }: Queryable, userId: string, limit: number): Promise<string[]> {
  const rows = await sql<{ room_id: string }[]>`
    select room_id from members where user_id = ${userId}
    union select room_id from messages where author_id = ${userId}
    union select room_id from messages join reactions on message_id = messages.id where user_id = ${userId}
    union select room_id from mentions where user_id = ${userId}
    union select room_id from bans where user_id = ${userId} or banned_by = ${userId}
    union select room_id from invitations where created_by = ${userId}
    union select room_id from moderation where actor_id = ${userId} or subject_id = ${userId}
    union select id from rooms where created_by = ${userId}
    union select room_id from messages where ${userId} = any(mentions)
    order by room_id limit ${limit}`
  return rows.map(({ room_id }) => room_id)
}

/**
 * Erases a person from one locked room. Their text goes; their messages keep their places under a pseudonym used in
 * this room only, so that the conversation can still be followed.
 */
export async function eraseFromRoom(
  { sql }: Tx,
  { roomId, stream, userId, ghostId }: { roomId: string; stream: string; userId: string; ghostId: string },
): Promise<void> {
  await sql`
    update stream_events set body = body || '{"body": "", "mentions": [], "files": [], "preview": null}'
    where stream = ${stream} and type in ('message', 'message-changed')
      and body ->> 'id' in (select id::text from messages where room_id = ${roomId} and author_id = ${userId})`
  await sql`
    delete from previews
    where message_id in (select id from messages where room_id = ${roomId} and author_id = ${userId})`
  await sql`
    update messages
    set body = '', mentions = '{}', pinned_at = null, deleted_at = coalesce(deleted_at, clock_timestamp()),
        author_id = ${ghostId}, cmid = id::text
    where room_id = ${roomId} and author_id = ${userId}`
  await sql`
    update messages set body = replace(body, ${userId}, ${ghostId}), mentions = array_remove(mentions, ${userId}::uuid)
    where room_id = ${roomId} and (${userId}::uuid = any(mentions) or body like ${`%${userId}%`})`
  await sql`
    delete from reactions
    where user_id = ${userId} and message_id in (select id from messages where room_id = ${roomId})`
  await sql`delete from mentions where room_id = ${roomId} and user_id = ${userId}`
  await sql`update groups set group_info = null where room_id = ${roomId}`
  await sql`delete from bans where room_id = ${roomId} and user_id = ${userId}`
  await sql`update bans set banned_by = null where room_id = ${roomId} and banned_by = ${userId}`
  await sql`delete from invitations where room_id = ${roomId} and created_by = ${userId}`
  await sql`update moderation set actor_id = null where room_id = ${roomId} and actor_id = ${userId}`
  await sql`update moderation set subject_id = null, detail = '' where room_id = ${roomId} and subject_id = ${userId}`
  await sql`update rooms set created_by = null where id = ${roomId} and created_by = ${userId}`
  await sql`
    update stream_events
    set from_id = case when from_id = ${userId} then ${ghostId} else from_id end,
        cmid = case when from_id = ${userId} then null else cmid end,
        body = replace(body::text, ${userId}, ${ghostId})::jsonb
    where stream = ${stream} and (from_id = ${userId} or body::text like ${`%${userId}%`})`
}

/** Deletes what is kept per person rather than per room. */
export async function erasePerson({ sql }: Tx, userId: string, inbox: string): Promise<void> {
  await sql`delete from presence where user_id = ${userId}`
  await sql`delete from settings where user_id = ${userId}`
  await sql`delete from sends where author_id = ${userId}`
  await sql`delete from history_copies where user_id = ${userId}`
  await sql`delete from recovery_checks where user_id = ${userId}`
  await sql`delete from stream_events where stream = ${inbox}`
  await sql`delete from streams where name = ${inbox}`
  await sql`update stream_events set from_id = null where from_id = ${userId}`
}

/** Counts rows that still hold data of a person. */
export async function countOf({ sql }: Queryable, userId: string): Promise<number> {
  const mention = `%${userId}%`
  const [row] = await sql<{ rows: number }[]>`
    select (
      (select count(*) from members where user_id = ${userId})
      + (select count(*) from messages where author_id = ${userId} or ${userId} = any(mentions))
      + (select count(*) from reactions where user_id = ${userId})
      + (select count(*) from mentions where user_id = ${userId})
      + (select count(*) from sends where author_id = ${userId})
      + (select count(*) from history_copies where user_id = ${userId})
      + (select count(*) from recovery_checks where user_id = ${userId})
      + (select count(*) from bans where user_id = ${userId} or banned_by = ${userId})
      + (select count(*) from invitations where created_by = ${userId})
      + (select count(*) from moderation where actor_id = ${userId} or subject_id = ${userId})
      + (select count(*) from presence where user_id = ${userId})
      + (select count(*) from settings where user_id = ${userId})
      + (select count(*) from files where owner_id = ${userId})
      + (select count(*) from rooms where created_by = ${userId})
      + (select count(*) from stream_events
         where from_id = ${userId} or stream like ${mention} or body::text like ${mention}))::int as rows`
  return row?.rows ?? 0
}

/** All SQL about example rooms. */
import type { Queryable, Tx } from '@octet/db'

/** Moves the newest event of a stream, and its message, back in time. */
export async function backdate(
  { sql }: Tx,
  { stream, messageId, at }: { stream: string; messageId?: string; at: string },
): Promise<void> {
  await sql`
    update stream_events set at = ${at}
    where stream = ${stream} and seq = (select last_seq from streams where name = ${stream})`
  if (messageId === undefined) return
  await sql`update messages set created_at = ${at} where id = ${messageId}`
  await sql`
    update messages set last_reply_at = ${at}
    where id = (select thread_id from messages where id = ${messageId})`
}

/** Sets the room's last activity to the time of its newest message. */
export async function retouchRoom({ sql }: Tx, roomId: string): Promise<void> {
  await sql`
    update rooms set last_message_at = (select max(messages.created_at) from messages where room_id = ${roomId})
    where id = ${roomId}`
}

/** Marks the whole room as read for these people. */
export async function readToTheEnd({ sql }: Tx, roomId: string, stream: string, userIds: readonly string[]) {
  await sql`
    update members set delivered_seq = last_seq, read_seq = last_seq from streams
    where room_id = ${roomId} and name = ${stream} and user_id = any(${[...userIds]}::uuid[])`
}

/** Leaves the last messages of a room unread for a new member. */
export async function leaveUnread({ sql }: Tx, roomId: string, userId: string, messages: number): Promise<void> {
  await sql`
    update members set delivered_seq = before.seq, read_seq = before.seq
    from (select seq from messages where room_id = ${roomId} order by seq desc offset ${messages} limit 1) as before
    where room_id = ${roomId} and user_id = ${userId}`
}

/** Example rooms, in the order in which they must be locked. */
export async function exampleRooms({ sql }: Queryable): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select id from rooms where is_example and kind = 'channel' order by id limit 100`
  return rows.map(({ id }) => id)
}

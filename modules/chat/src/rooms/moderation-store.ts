/** SQL about the moderation log. */
import { countRows, newId, type Queryable, type Tx } from '@octet/db'
import type { MemberPage } from './member-store.ts'

export interface ModerationRow {
  readonly id: string
  readonly action: string
  readonly actor_id: string | null
  readonly subject_id: string | null
  readonly message_id: string | null
  readonly detail: string
  readonly at: string
}

/** Appends to the moderation log. */
export async function insertModeration(
  { sql }: Tx,
  entry: {
    roomId: string
    action: string
    actorId: string | null
    subjectId?: string
    messageId?: string
    detail?: string
    at: string
  },
): Promise<void> {
  const { roomId, action, actorId, subjectId = null, messageId = null, detail = '', at } = entry
  await sql`
    insert into moderation (id, room_id, action, actor_id, subject_id, message_id, detail, at)
    values (${newId()}, ${roomId}, ${action}, ${actorId}, ${subjectId}, ${messageId}, ${detail}, ${at})`
}

/** The moderation log, newest first. */
export function listModeration(
  { sql }: Queryable,
  roomId: string,
  { limit, after }: MemberPage,
): Promise<ModerationRow[]> {
  return sql<ModerationRow[]>`
    select * from moderation
    where room_id = ${roomId}
      ${after === undefined ? sql`` : sql`and (at, id) < (${after.at}::timestamptz, ${after.id}::uuid)`}
    order by at desc, id desc
    limit ${limit + 1}`
}

/** Counts the entries of a room's log; stops at `rowsMax`. */
export function countModeration(db: Queryable, roomId: string, rowsMax: number): Promise<number> {
  return countRows(db, db.sql`from moderation where room_id = ${roomId}`, rowsMax)
}

/** What each column says of people and what happens to it when one of them is erased. Every column has an answer. */
import type { Tx } from './connect.ts'
import type { Queryable } from './sql.ts'

/** What erasing a person does to a column. */
export type Treatment =
  /** Says nothing of a person, or nothing any more once the columns beside it are gone. */
  | 'not-personal'
  /** The row goes, or the column is emptied. */
  | 'delete'
  /** Rewritten so that nobody can be recognised. */
  | 'anonymise'
  | Retained

/** Kept although it is personal. */
export interface Retained {
  /** Why the law or other people's safety asks for it. */
  readonly retain: string
  readonly days: number | 'for-ever'
}

/** Table → column → treatment. */
export type Columns = Readonly<Record<string, Readonly<Record<string, Treatment>>>>

/** The same treatment for several columns: `{ ...each('delete', 'url', 'title') }`. */
export function each<T extends Treatment>(treatment: T, ...columns: readonly string[]): Record<string, T> {
  return Object.fromEntries(columns.map(column => [column, treatment]))
}

/** Kept for a time although it is personal: say why, and for how many days. */
export function retain(reason: string, days: Retained['days']): Retained {
  return { retain: reason, days }
}

/** The tables every module's schema has from the floor. {@link forgetPerson} does what they promise. */
export const floorColumns: Columns = {
  outbox: {
    ...each('not-personal', 'id', 'event_id', 'event', 'created_at', 'attempts', 'next_attempt_at', 'dead_at'),
    ...each('delete', 'data', 'last_error'),
  },
  inbox: each('not-personal', 'handler', 'event_id', 'handled_at'),
  idempotency_keys: each('delete', 'scope', 'key', 'request_hash', 'response', 'created_at'),
  streams: each('not-personal', 'name', 'epoch', 'last_seq'),
  stream_events: {
    ...each('not-personal', 'stream', 'seq', 'id', 'at'),
    ...each('anonymise', 'type', 'body', 'from_id', 'cmid'),
  },
  stream_turns: each('delete', 'user_id', 'device', 'stream', 'last_csn', 'used_at', 'refused'),
}

/** The migrator's own table. */
export const migrationColumns: Columns = {
  migrations: each('not-personal', 'module', 'id', 'checksum', 'applied_at', 'contract'),
}

/**
 * Erases a person from the floor's tables of the module `tx` belongs to: remembered answers, dead events and jobs
 * that mention them. Events and jobs that are still on their way are left to arrive; they are gone within minutes.
 * What they caused in streams stays as an empty event of the type `erased`, for a log has no gaps. Mentions of them in
 * other people's events are the module's to erase.
 */
export async function forgetPerson({ sql }: Tx, userId: string): Promise<void> {
  const mention = `%${userId}%`
  await sql`delete from idempotency_keys where scope = ${`user ${userId}`} or response::text like ${mention}`
  await sql`delete from outbox where dead_at is not null and data::text like ${mention}`
  await sql`delete from stream_turns where user_id = ${userId}`
  await sql`
    update stream_events set type = 'erased', body = '{}', from_id = null, cmid = null
    where from_id = ${userId}`
}

/** Rows of the same tables that still hold something of the person. */
export async function countRemembered({ sql }: Queryable, userId: string): Promise<number> {
  const mention = `%${userId}%`
  const [row] = await sql<{ rows: number }[]>`
    select (
      (select count(*) from idempotency_keys where scope = ${`user ${userId}`} or response::text like ${mention})
      + (select count(*) from outbox where dead_at is not null and data::text like ${mention})
      + (select count(*) from stream_turns where user_id = ${userId})
      + (select count(*) from stream_events where from_id = ${userId}))::int as rows`
  return row?.rows ?? 0
}

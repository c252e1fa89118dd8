/** The personal data in each column, and what erasing a person does to it. Every column has a treatment. */
import type { Tx } from './connect.ts'
import type { Queryable } from './sql.ts'

/** What erasing a person does to a column. */
export type Treatment =
  /** Not personal, or no longer personal once the columns beside it are gone. */
  | 'not-personal'
  /** The row is deleted, or the column is emptied. */
  | 'delete'
  /** Rewritten so that no person can be recognised. */
  | 'anonymise'
  | Retained

/** Kept although it is personal. */
export interface Retained {
  /** Why the law or the safety of other people requires it. */
  readonly retain: string
  readonly days: number | 'for-ever'
}

/** Table → column → treatment. */
export type Columns = Readonly<Record<string, Readonly<Record<string, Treatment>>>>

/** The same treatment for several columns: `{ ...each('delete', 'url', 'title') }`. */
export function each<T extends Treatment>(treatment: T, ...columns: readonly string[]): Record<string, T> {
  return Object.fromEntries(columns.map(column => [column, treatment]))
}

/** Kept for a limited time although it is personal: give the reason and the number of days. */
export function retain(reason: string, days: Retained['days']): Retained {
  return { retain: reason, days }
}

/** The platform's tables in every module's schema. {@link forgetPerson} carries out their treatment. */
export const floorColumns: Columns = {
  outbox: {
    ...each('not-personal', 'id', 'event_id', 'event', 'created_at', 'attempts', 'next_attempt_at', 'dead_at'),
    ...each('not-personal', 'traceparent'),
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
 * Erases a person from the platform's tables in the schema of `tx`: stored answers, dead events and dead jobs that
 * mention the person. Events and jobs under way are still delivered; they are gone within minutes. The person's events
 * in streams become empty events of the type `erased`, because a log has no gaps. The module itself must erase mentions
 * in other people's events.
 */
export async function forgetPerson({ sql }: Tx, userId: string): Promise<void> {
  const mention = `%${userId}%`
  await sql`
    delete from idempotency_keys
    where scope = ${`user ${userId}`} or key like ${mention} or response::text like ${mention}`
  await sql`delete from outbox where dead_at is not null and data::text like ${mention}`
  await sql`delete from stream_turns where user_id = ${userId}`
  await sql`
    update stream_events set type = 'erased', body = '{}', from_id = null, cmid = null
    where from_id = ${userId}`
}

/** The rows of the same tables that still mention the person. */
export async function countRemembered({ sql }: Queryable, userId: string): Promise<number> {
  const mention = `%${userId}%`
  const [row] = await sql<{ rows: number }[]>`
    select (
      (select count(*) from idempotency_keys
       where scope = ${`user ${userId}`} or key like ${mention} or response::text like ${mention})
      + (select count(*) from outbox where dead_at is not null and data::text like ${mention})
      + (select count(*) from stream_turns where user_id = ${userId})
      + (select count(*) from stream_events where from_id = ${userId}))::int as rows`
  return row?.rows ?? 0
}

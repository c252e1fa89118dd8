/** SQL of counted password attempts. The counting function is in the migration that created the table. */
import type { Db, Queryable } from '@octet/db'

export interface CountedKey {
  readonly key: string
  /** Attempts without any delay. */
  readonly freeMax: number
  /** The delay starts at a second, doubles with each attempt and ends here. */
  readonly delayMsMax: number
  /** One attempt expires per this time. */
  readonly forgetMs: number
}

/** Counts one attempt under all keys, or returns the milliseconds to wait without counting. One statement. */
export async function takeAttempts({ sql }: Queryable, counted: readonly CountedKey[]): Promise<number> {
  const numbers = (of: (one: CountedKey) => number) => sql`${counted.map(one => String(of(one)))}::text[]::float8[]`
  const [row] = await sql<{ wait_ms: number }[]>`
    select take_attempts(
      ${counted.map(({ key }) => key)}::text[], ${numbers(({ freeMax }) => freeMax)},
      ${numbers(({ delayMsMax }) => delayMsMax)}, ${numbers(({ forgetMs }) => forgetMs)}) as wait_ms`
  if (row === undefined) throw new Error('a function returned no row')
  return row.wait_ms
}

/** Removes a successful attempt from the counts. One statement. */
export async function giveBackAttempts(
  { sql }: Queryable,
  { keys, forgotten }: { keys: readonly string[]; forgotten: readonly string[] },
): Promise<void> {
  await sql`select give_back_attempts(${[...keys]}::text[], ${[...forgotten]}::text[])`
}

/** Deletes expired counts. Bounded per call. */
export async function forgetAttempts({ sql }: Db): Promise<void> {
  await sql`
    delete from sign_in_attempts where ctid = any(array(
      select ctid from sign_in_attempts where forgotten_at < clock_timestamp() limit 100000))`
}

/** Counting without reading a whole table. */
import type Postgres from 'postgres'
import type { Queryable } from './sql.ts'

/** Counts rows of `from … where …` and stops at `rowsMax`. */
export async function countRows({ sql }: Queryable, rows: Postgres.Fragment, rowsMax: number): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count from (select ${rows} limit ${rowsMax}) as counted`
  return row?.count ?? 0
}

/** The handle that runs SQL. */
import type Postgres from 'postgres'

/** Runs SQL: ``sql`select …` ``. Inside a transaction it belongs to that transaction; the two never mix. */
export type Sql = Postgres.ISql<Record<string, never>>

/** The handle that a store function needs. Pass the `Tx` when a transaction is open. */
export interface Queryable {
  readonly sql: Sql
}

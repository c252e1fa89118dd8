/** The handle SQL is run on. */
import type Postgres from 'postgres'

/** Runs SQL: ``sql`select …` ``. Inside a transaction it is the transaction's own; the two never mix. */
export type Sql = Postgres.ISql<Record<string, never>>

/** What a store function needs: something to run SQL on. Pass the `Tx` when there is one. */
export interface Queryable {
  readonly sql: Sql
}

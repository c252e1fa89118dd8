/** Observes each statement when the driver sends it, and when it completes. */
import type Postgres from 'postgres'
import type { Queryable, Sql } from './sql.ts'

/** The part of the driver's query that this file reads. */
export interface SentQuery {
  /** Has `$1` … in place of values; set once it is sent. */
  readonly string: string
  /** The texts and values of a tagged template; values may be fragments. */
  readonly strings: TemplateStringsArray
  readonly args: readonly unknown[]
  readonly tagged: boolean
  resolve(result: unknown): void
  reject(error: unknown): void
}

interface WatchedOptions {
  /** Called by the code that driver.ts adds to the driver. */
  onsent?: (query: SentQuery) => void
}

/**
 * Calls `onSent` for each statement of the database, also inside transactions, and replaces the previous callback. It
 * must return at once.
 */
export function watchSent({ sql }: Queryable, onSent: (query: SentQuery) => void): void {
  const options = (sql as unknown as Postgres.Sql).options as unknown as WatchedOptions
  options.onsent = onSent
}

/** Calls `onDone` with each statement and the time from send to answer, whether it succeeded or failed. */
export function watchDuration(pool: Postgres.Sql, onDone: (statement: string, durationMs: number) => void): void {
  watchSent({ sql: pool as unknown as Sql }, query => {
    const sentAtMs = performance.now()
    const { resolve, reject } = query
    query.resolve = result => {
      onDone(query.string, performance.now() - sentAtMs)
      resolve(result)
    }
    query.reject = error => {
      onDone(query.string, performance.now() - sentAtMs)
      reject(error)
    }
  })
}

/** Sees each statement as the driver sends it, and when it is done. */
import type Postgres from 'postgres'
import type { Queryable, Sql } from './sql.ts'

/** The part of the driver's query that is read here. */
export interface SentQuery {
  /** With `$1` … in place of values; set once it is sent. */
  readonly string: string
  /** A tagged template's texts and values; values may be fragments. */
  readonly strings: TemplateStringsArray
  readonly args: readonly unknown[]
  readonly tagged: boolean
  resolve(result: unknown): void
  reject(error: unknown): void
}

interface WatchedOptions {
  /** Called by what driver.ts adds to the driver. */
  onsent?: (query: SentQuery) => void
}

/**
 * Calls `onSent` for each statement of the database, those inside transactions too, in place of the callback before it.
 * It must return at once.
 */
export function watchSent({ sql }: Queryable, onSent: (query: SentQuery) => void): void {
  const options = (sql as unknown as Postgres.Sql).options as unknown as WatchedOptions
  options.onsent = onSent
}

/** Calls `onDone` with each statement and the time from sending it to its answer, whether it worked or not. */
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

/**
 * One small connection pool per module, each with the module's own role and its own schema first in the search path.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Contract, EventSpec, StreamEvent, StreamKind } from '@octet/contracts'
import { commonProblem } from '@octet/contracts'
import type Postgres from 'postgres'
import type { Static } from 'typebox'
import { postgres } from './driver.ts'
import { outageDetail, outageOf, retryableTransaction } from './errors.ts'
import { reportSlowQueries, type SlowQueryOptions } from './slow-queries.ts'
import type { Queryable, Sql } from './sql.ts'
import { type Appended, appendEvent } from './streams.ts'

/** A module's database. Statements outside `tx` run without a transaction. */
export interface Db<C extends Contract = Contract> extends Queryable {
  readonly kind: 'db'
  readonly schema: string
  /**
   * Runs `body` in one transaction and commits. After a serialization failure or deadlock it runs the body again, at
   * most five times, so SQL must be the body's only effect. Throws `unavailable` when the connection broke; `executed`
   * is `maybe` when it broke during COMMIT. Calls to other modules are refused inside.
   */
  transaction<T>(name: string, body: (tx: Tx<C>) => Promise<T>, trace?: TraceSource): Promise<T>
  close(): Promise<void>
}

/** Returns the W3C `traceparent` for events and jobs of a transaction. Most transactions never call it. */
export type TraceSource = () => string

/** One open transaction. */
export interface Tx<C extends Contract = Contract> extends Queryable {
  readonly kind: 'tx'
  /** The trace that published events and enqueued jobs belong to, if the transaction is part of one. */
  readonly trace?: TraceSource | undefined
  /** Writes the event to the module's outbox; it is delivered only if this transaction commits. */
  publish<K extends keyof C['events'] & string>(event: K, data: EventData<C, K>): Promise<void>
  /**
   * Appends to the durable stream `<module>:<kind>:<key>`; subscribers receive the event after the commit. Other
   * transactions that append to the same stream wait until then, so append last, and append to several streams in order
   * of name.
   */
  append<K extends StreamKind<C>>(
    kind: K,
    key: string,
    event: StreamEvent<C, K> & { readonly from?: string; readonly cmid?: string },
  ): Promise<Appended>
}

export type EventData<C extends Contract, K extends keyof C['events']> =
  C['events'][K] extends EventSpec<infer D> ? Static<D> : never

export interface DbOptions {
  readonly url: string
  /** The schema, and with the prefix `octet_` the role. */
  readonly schema: string
  readonly connectionsMax?: number
  /** Called after a commit that published, so that the relay need not wait for its next poll. */
  readonly onPublished?: () => void
  /** Called after a commit with the events that it appended to streams, in order. */
  readonly onAppended?: (appended: readonly Appended[]) => void
  readonly slowQueries?: SlowQueryOptions
  /** Called with the place and duration of every statement when tracing is on. */
  readonly onTransaction?: (name: string, durationMs: number, outcome: 'committed' | 'failed' | 'retried') => void
}

const transactionAttemptsMax = 5
const statementTimeoutMs = 10_000
const idleInTransactionTimeoutMs = 15_000
const connectTimeoutSeconds = 5
const connectionLifeSeconds = 60 * 60

/** The role of a module. */
export function roleOf(schema: string): string {
  return `octet_${schema}`
}

const currentTransaction = new AsyncLocalStorage<string>()

/** The name of the transaction that the running code is in, if any. It must not call another module. */
export function transactionInProgress(): string | undefined {
  return currentTransaction.getStore()
}

/** Opens a pool as the process's own user, for the migrator and the server's own tables. */
export function openPool(url: string, options: { role?: string; schema?: string; connectionsMax?: number } = {}) {
  return postgres(url, {
    max: options.connectionsMax ?? 4,
    connect_timeout: connectTimeoutSeconds,
    max_lifetime: connectionLifeSeconds,
    backoff: attempt => Math.min(0.05 * 2 ** attempt, 1),
    onnotice: () => {},
    connection: {
      application_name: `octet ${options.schema ?? 'platform'}`,
      statement_timeout: statementTimeoutMs,
      idle_in_transaction_session_timeout: idleInTransactionTimeoutMs,
      TimeZone: 'UTC',
      ...(options.role === undefined ? {} : { role: options.role }),
      ...(options.schema === undefined ? {} : { search_path: options.schema }),
    },
    types: plainTypes,
  })
}

/** Times travel as ISO strings and 8-byte integers as numbers (all of ours are far below 2^53), as in JSON. */
const plainTypes = {
  time: { to: 1184, from: [1184], serialize: (value: string | Date) => isoOf(value), parse: parseTime },
  bigint: { to: 20, from: [20], serialize: (value: number) => String(value), parse: (text: string) => Number(text) },
}

function isoOf(value: string | Date): string {
  return typeof value === 'string' ? value : value.toISOString()
}

/** Keyed by how much longer a text is than one without a fraction; the value completes the milliseconds. */
const missingDigits = ['.000', '', '00', '0']
const wholeSecondsLength = '2026-11-21 07:30:00+00'.length

/**
 * `2026-11-21 07:30:00.12+00` → `2026-11-21T07:30:00.120Z`. PostgreSQL omits trailing zeros. With them, the text equals
 * JavaScript's and sorts by time. The session's time zone is UTC.
 */
function parseTime(text: string): string {
  if (!text.endsWith('+00')) return new Date(text).toISOString()
  return `${text.slice(0, 10)}T${text.slice(11, -3)}${missingDigits[text.length - wholeSecondsLength] ?? ''}Z`
}

/** Opens a module's database. Connects on first use. */
export function openDb<C extends Contract>(options: DbOptions): Db<C> {
  const pool = openPool(options.url, {
    role: roleOf(options.schema),
    schema: options.schema,
    connectionsMax: options.connectionsMax ?? 8,
  })
  if (options.slowQueries !== undefined) reportSlowQueries(pool, options.schema, options.slowQueries)
  const db: Db<C> = {
    kind: 'db',
    schema: options.schema,
    sql: pool as unknown as Sql,
    transaction: (name, body, trace) => runTransaction(pool, options, { name, body, trace }),
    close: () => pool.end({ timeout: 5 }),
  }
  return db
}

interface Work<C extends Contract, T> {
  readonly name: string
  readonly body: (tx: Tx<C>) => Promise<T>
  readonly trace: TraceSource | undefined
}

async function runTransaction<C extends Contract, T>(
  pool: Postgres.Sql,
  options: DbOptions,
  { name, body, trace }: Work<C, T>,
): Promise<T> {
  if (currentTransaction.getStore() !== undefined) {
    throw new Error(
      `transaction "${name}" was opened inside transaction "${currentTransaction.getStore()}"; pass its Tx`,
    )
  }
  for (let attempt = 1; ; attempt++) {
    const startedAt = performance.now()
    let published = false
    const appended: Appended[] = []
    let bodyDone = false
    try {
      const result = await pool.begin(async sql => {
        const tx: Tx<C> = {
          kind: 'tx',
          trace,
          sql: sql as unknown as Sql,
          async publish(event, data) {
            published = true
            await sql`
              insert into outbox (event, data, traceparent)
              values (${event}, ${sql.json(data as Postgres.JSONValue)}, ${trace?.() ?? null})`
          },
          async append(kind, key, event) {
            const entry = await appendEvent(sql as unknown as Sql, `${options.schema}:${kind}:${key}`, event)
            appended.push(entry)
            return entry
          },
        }
        const value = await currentTransaction.run(name, () => body(tx))
        bodyDone = true
        return value
      })
      options.onTransaction?.(name, performance.now() - startedAt, 'committed')
      if (published) options.onPublished?.()
      if (appended.length > 0) options.onAppended?.(appended)
      return result as T
    } catch (error) {
      const again = attempt < transactionAttemptsMax && retryableTransaction(error)
      options.onTransaction?.(name, performance.now() - startedAt, again ? 'retried' : 'failed')
      if (!again) throw asOutage(error, name, bodyDone)
    }
    await new Promise(resolve => setTimeout(resolve, Math.random() * 5 * 2 ** attempt))
  }
}

/** A broken connection or a full disk becomes `unavailable`; once COMMIT was sent, its outcome is unknown. */
function asOutage(error: unknown, name: string, commitSent: boolean): unknown {
  const outage = outageOf(error)
  if (outage === undefined) return error
  return commonProblem('unavailable', {
    detail: outageDetail(outage),
    executed: commitSent ? 'maybe' : 'no',
    cause: new Error(`transaction ${name}`, { cause: error }),
  })
}

/** Resolves when the database answers. */
export async function ping({ sql }: Queryable): Promise<void> {
  await sql`select 1`
}

/**
 * Reports slow statements with their plans. Neither has a value in it: values travel beside the statement, and the plan
 * is the generic one (`EXPLAIN (GENERIC_PLAN)`, PostgreSQL 16 and newer). The alternative, auto_explain, shows the plan
 * that ran. But it needs a superuser, must be loaded when the embedded server starts, and writes values into
 * PostgreSQL's own log.
 */
import type Postgres from 'postgres'
import { watchDuration } from './query-watch.ts'

export interface SlowQuery {
  readonly schema: string
  /** Has `$1` … in place of values; its first 2,000 characters. */
  readonly statement: string
  readonly durationMs: number
  /** Lines of the generic plan; `undefined` when the statement has no plan or EXPLAIN failed. */
  readonly plan: readonly string[] | undefined
  /** How many slow statements since the last report were counted but not reported. */
  readonly unreported: number
}

export interface SlowQueryOptions {
  /** Default 100 ms. */
  readonly thresholdMs?: number
  /** Called for every slow statement. */
  readonly onSlow: (schema: string) => void
  /** Called at most once per {@link reportPauseMs}, and once per {@link samePauseMs} for the same statement. */
  readonly onReport: (query: SlowQuery) => void
}

const reportPauseMs = 5_000
const samePauseMs = 10 * 60_000
const thresholdMsDefault = 100
const statementsMax = 200
const statementLengthMax = 2_000
const planLinesMax = 60

/** Starts to watch the statements of a pool. */
export function reportSlowQueries(pool: Postgres.Sql, schema: string, options: SlowQueryOptions): void {
  const { thresholdMs = thresholdMsDefault, onSlow, onReport } = options
  const reportedAtMs = new Map<string, number>()
  let lastReportMs = Number.NEGATIVE_INFINITY
  let unreported = 0
  watchDuration(pool, (statement, durationMs) => {
    if (durationMs < thresholdMs || !isExplainable(statement)) return
    onSlow(schema)
    const nowMs = performance.now()
    const isRecent = nowMs - (reportedAtMs.get(statement) ?? Number.NEGATIVE_INFINITY) < samePauseMs
    if (isRecent || nowMs - lastReportMs < reportPauseMs) {
      unreported++
      return
    }
    lastReportMs = nowMs
    remember(reportedAtMs, statement, nowMs)
    const report = { schema, statement: shortened(statement), durationMs: Math.round(durationMs), unreported }
    unreported = 0
    void planOf(pool, statement).then(plan => onReport({ ...report, plan }))
  })
}

/** Excludes `begin` and similar statements, and the driver's own queries on a new connection. */
function isExplainable(statement: string): boolean {
  return /^\s*(select|insert|update|delete|merge|with)\b/i.test(statement) && !statement.includes('b.typarray')
}

function remember(reportedAtMs: Map<string, number>, statement: string, nowMs: number): void {
  reportedAtMs.delete(statement)
  reportedAtMs.set(statement, nowMs)
  const [oldest] = reportedAtMs.keys()
  if (reportedAtMs.size > statementsMax && oldest !== undefined) reportedAtMs.delete(oldest)
}

/** Never rejects: an older server, a broken connection or an unexplainable statement yields no plan. */
async function planOf(pool: Postgres.Sql, statement: string): Promise<string[] | undefined> {
  try {
    const rows = await pool.unsafe<{ 'QUERY PLAN': string }[]>(`explain (generic_plan) ${statement}`)
    return rows.slice(0, planLinesMax).map(row => row['QUERY PLAN'])
  } catch {
    return undefined
  }
}

function shortened(statement: string): string {
  return statement.replace(/\s+/g, ' ').trim().slice(0, statementLengthMax)
}

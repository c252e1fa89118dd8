/** Where slow statements of this process are counted and logged. */
import type { SlowQueryOptions } from '@octet/db'
import type { Counter, Log, Metrics } from '@octet/observe'

/** Counts every one by schema in `/metrics`, and logs some with their plan (see platform/db, slow-queries.ts). */
export function slowQueryReports({ log, metrics }: { log: Log; metrics: Metrics }): SlowQueryOptions {
  const family = metrics.counter({
    name: 'octet_slow_queries_total',
    help: 'Database statements that took longer than 100 ms.',
    labels: ['schema'],
  })
  const counters = new Map<string, Counter>()
  return {
    onSlow(schema) {
      const counter = counters.get(schema) ?? family.with({ schema })
      counters.set(schema, counter)
      counter.add()
    },
    onReport: query => log.warn(query, 'a database statement took longer than 100 ms'),
  }
}

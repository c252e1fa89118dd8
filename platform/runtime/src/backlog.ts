/** How much work waits in the database: events to deliver, jobs to run, and both after too many failures. */
import { type OutboxStats, outboxStats } from '@octet/bus'
import type { Db } from '@octet/db'
import type { Jobs } from '@octet/jobs'
import type { Metrics } from '@octet/observe'

/** Every process reads the whole installation, so a fleet that is scraped often must not add up. */
const readEveryMs = 5_000

interface BacklogParts {
  /** Databases of the served modules, by module. */
  readonly databases: ReadonlyMap<string, Db>
  readonly jobs: Jobs
  readonly now: () => number
}

type JobStats = Awaited<ReturnType<Jobs['stats']>>['names'][number]

/** Adds the gauges. They are read at a scrape, at most every five seconds; a failure keeps the values from before. */
export function measureBacklog(metrics: Metrics, { databases, jobs, now }: BacklogParts): void {
  let outboxes: [string, OutboxStats][] = []
  let names: JobStats[] = []
  let readAtMs: number | undefined
  metrics.beforeText(async () => {
    if (readAtMs !== undefined && now() - readAtMs < readEveryMs) return
    outboxes = await Promise.all(
      [...databases].map(async ([module, db]): Promise<[string, OutboxStats]> => [module, await outboxStats(db)]),
    )
    names = (await jobs.stats()).names
    readAtMs = now()
  })
  metrics.readGauge({
    name: 'octet_backlog_read_age_seconds',
    help: 'Time since the gauges of outboxes and jobs were last read from the database.',
    read: () => (readAtMs === undefined ? Number.NaN : Math.max(0, now() - readAtMs) / 1_000),
  })
  const outbox = (name: string, help: string, pick: (stats: OutboxStats) => number) => {
    const read = () => outboxes.map(([module, stats]): [string, number] => [module, pick(stats)])
    metrics.readFamily({ name: `octet_outbox_${name}`, help, type: 'gauge', label: 'module', read })
  }
  outbox('waiting', 'Events that are not delivered yet, at most 10,000.', ({ waiting }) => waiting)
  outbox('oldest_seconds', 'Age of the oldest event that is not delivered yet.', ({ oldestMs }) => oldestMs / 1_000)
  outbox('dead', 'Events that failed too often and wait for an operator.', ({ dead }) => dead)
  const job = (name: string, help: string, pick: (stats: JobStats) => number) => {
    const read = () => names.map((stats): [string, number] => [stats.name, pick(stats)])
    metrics.readFamily({ name: `octet_jobs_${name}`, help, type: 'gauge', label: 'job', read })
  }
  job('waiting', 'Jobs that wait to run, also those for later.', ({ waiting }) => waiting)
  job('running', 'Jobs that run, in all processes.', ({ running }) => running)
  job('oldest_seconds', 'How long the oldest due job has been waiting.', ({ oldestDueMs }) => oldestDueMs / 1_000)
  job('dead', 'Jobs that failed too often and wait for an operator.', ({ dead }) => dead)
}

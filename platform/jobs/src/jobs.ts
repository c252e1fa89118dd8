/** Background jobs: enqueued in the caller's transaction, and run at least once by any process that defines them. */
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import {
  each,
  type MigrationSet,
  openPool,
  reportSlowQueries,
  roleOf,
  type SlowQueryOptions,
  type Sql,
  type Tx,
} from '@octet/db'
import type { Job } from './job.ts'
import type { DefinedJob, JobSpec } from './run.ts'
import { nextTime, specOf, type When } from './schedule.ts'
import * as store from './store.ts'
import { expectWork, type JobsLog, type Outcome, startWorker, stopWorker, type Worker } from './worker.ts'

export const payloadSizeBytesMax = 64 * 1024
const concurrencyDefault = 24
const kindConcurrencyDefault = 8
export const jobsMigrations: MigrationSet = {
  module: 'platform_jobs',
  folder: new URL('../migrations/', import.meta.url),
  columns: {
    // Payloads carry ids, and what a notification says.
    // A finished job is deleted; `forgetPerson` deletes the dead letters of a person.
    jobs: {
      ...each('not-personal', 'id', 'name', 'due_at', 'fence', 'failures', 'worker', 'created_at', 'traceparent'),
      ...each('delete', 'key', 'payload', 'error'),
    },
    dead_letters: {
      ...each('not-personal', 'id', 'name', 'fence', 'failures', 'created_at', 'died_at'),
      ...each('delete', 'key', 'payload', 'error'),
    },
    schedules: each('not-personal', 'name', 'spec', 'payload', 'next_at'),
  },
}

export interface JobsOptions {
  readonly url: string
  readonly log: JobsLog
  /** How many jobs this process runs at once. Default 24, because many jobs wait for a remote answer. */
  readonly concurrencyMax?: number
  /** Milliseconds between polls for jobs that other processes enqueued. Default 50. */
  readonly pollMs?: number
  /** Milliseconds until the job of a dead worker runs again. The lease is renewed at a third of it. Default 3,000. */
  readonly leaseMs?: number
  readonly onOutcome?: (outcome: Outcome) => void
  readonly slowQueries?: SlowQueryOptions
}

export interface EnqueueOptions {
  /** The earliest start. Default: as soon as the transaction has committed. */
  readonly runAt?: Date
  /** While a job of this name and key waits for its first start, another enqueue only updates its payload. */
  readonly key?: string
}

export interface Jobs {
  /** Defines how jobs of this kind run. A process runs only the kinds that it defines. */
  define<P>(job: Job<P>, spec: JobSpec<P>): void
  /**
   * Runs a defined job repeatedly, once per due time across all processes. One run makes up for all times missed while
   * no process ran. While a run still waits, no other is added. Call it before `start`.
   */
  schedule<P>(job: Job<P>, when: When, payload: NoInfer<P>): void
  /**
   * Adds a job that exists only if `tx` commits. Returns its id. Also works before `start` and without it.
   * @throws RangeError when the payload is larger than {@link payloadSizeBytesMax} as JSON, or the key is `schedule`.
   */
  enqueue<P>(
    tx: Pick<Tx, 'kind' | 'sql' | 'trace'>,
    job: Job<P>,
    payload: NoInfer<P>,
    options?: EnqueueOptions,
  ): Promise<string>
  /**
   * Deletes the dead letters that mention this exact id, in the module that owns `tx`. Returns how many. Jobs that
   * still wait or run stay.
   */
  forget(tx: Pick<Tx, 'kind' | 'sql'>, id: string): Promise<number>
  /** Starts taking jobs. The schema must be migrated. */
  start(): Promise<void>
  /** Waits for running jobs, releases the unfinished ones at the deadline, and closes the connections. */
  stop(deadlineMs: number): Promise<{ givenBack: number }>
  /** Jobs without attempts left, newest first; `before` is the last id of the previous page. */
  deadLetters(page?: { limit?: number; before?: string }): Promise<store.DeadLetter[]>
  /** Runs a dead letter again, with all its attempts. False when no dead letter has this id. */
  replay(id: string): Promise<boolean>
  /** Deletes a dead letter. False when no dead letter has this id. */
  discard(id: string): Promise<boolean>
  /**
   * Jobs by name over all processes, and runs in this process. `stuck`: runs that ignore their abort and still hold a
   * slot.
   */
  stats(): Promise<{ names: store.NameStats[]; running: number; stuck: number }>
}

/** Opens the jobs of one database. Connects on first use, with at most two connections. */
export function createJobs(options: JobsOptions): Jobs {
  const { log } = options
  const concurrencyMax = options.concurrencyMax ?? concurrencyDefault
  const specs = new Map<string, DefinedJob>()
  const schedules = new Map<string, { spec: string; payload: string }>()
  const { module } = jobsMigrations
  // Separate connections: a handler that exhausts its module's pool must not block the renewal of leases.
  const pool = openPool(options.url, { role: roleOf(module), schema: module, connectionsMax: 2 })
  if (options.slowQueries !== undefined) reportSlowQueries(pool, module, options.slowQueries)
  const sql = pool as unknown as Sql
  let worker: Worker | undefined

  async function start(): Promise<void> {
    if (worker !== undefined) throw new Error('jobs: started twice')
    await registerSchedules(sql, schedules)
    worker = startWorker({
      sql,
      worker: `${hostname()}/${process.pid}/${randomUUID().slice(0, 8)}`,
      specs,
      log,
      concurrencyMax,
      pollMs: options.pollMs ?? 50,
      leaseMs: options.leaseMs ?? 3_000,
      onOutcome: options.onOutcome ?? (() => {}),
      onTick: () => fireSchedules(pool, [...schedules.keys()], log),
    })
  }

  return {
    define(job, spec) {
      if (specs.has(job.name)) throw new Error(`job ${job.name} is defined twice`)
      specs.set(job.name, { job, ...withDefaults(spec as JobSpec, concurrencyMax) })
    },
    schedule({ name }, when, payload) {
      if (!specs.has(name)) throw new Error(`job ${name} is scheduled but not defined`)
      if (worker !== undefined) throw new Error(`job ${name} is scheduled after start`)
      schedules.set(name, { spec: specOf(when), payload: payloadText(name, payload) })
    },
    async enqueue(tx, { name }, payload, { runAt, key } = {}) {
      if (key === store.scheduleKey) throw new RangeError(`the key "${key}" is kept for schedules`)
      const traceparent = tx.trace?.()
      const id = await store.enqueue(tx.sql, { name, payload: payloadText(name, payload), runAt, key, traceparent })
      if (worker !== undefined) expectWork(worker)
      return id
    },
    forget: (tx, id) => store.forget(tx.sql, id),
    start,
    async stop(deadlineMs) {
      const givenBack = worker === undefined ? 0 : await stopWorker(worker, deadlineMs)
      await pool.end({ timeout: 1 })
      return { givenBack }
    },
    deadLetters: async ({ limit = 50, before } = {}) => [
      ...(await store.deadLetters(sql, Math.min(limit, 100), before)),
    ],
    replay: id => store.replay(sql, id),
    discard: id => store.discard(sql, id),
    async stats() {
      const runs = [...(worker?.runs ?? [])]
      const stuck = runs.filter(run => run.state === 'stuck').length
      return { names: [...(await store.stats(sql))], running: runs.length - stuck, stuck }
    },
  }
}

function withDefaults(spec: JobSpec, concurrencyMax: number): Required<JobSpec> {
  return {
    run: spec.run,
    attemptsMax: spec.attemptsMax ?? 5,
    timeoutMs: spec.timeoutMs ?? 30_000,
    backoff: spec.backoff ?? { firstMs: 1_000, maxMs: 300_000 },
    concurrencyMax: spec.concurrencyMax ?? Math.min(concurrencyMax, kindConcurrencyDefault),
    oneAtATime: spec.oneAtATime ?? false,
  }
}

function payloadText(name: string, payload: unknown): string {
  const text = JSON.stringify(payload)
  const sizeBytes = Buffer.byteLength(text)
  if (sizeBytes > payloadSizeBytesMax) {
    throw new RangeError(`the payload of ${name} is ${sizeBytes} bytes; ${payloadSizeBytesMax} are allowed`)
  }
  return text
}

async function registerSchedules(sql: Sql, schedules: ReadonlyMap<string, { spec: string; payload: string }>) {
  if (schedules.size === 0) return
  const now = await store.databaseTime(sql)
  for (const [name, { spec, payload }] of schedules) {
    await store.saveSchedule(sql, { name, spec, payload, nextAt: nextTime(spec, now) })
  }
}

async function fireSchedules(pool: ReturnType<typeof openPool>, names: string[], log: JobsLog): Promise<void> {
  if (names.length === 0) return
  try {
    await pool.begin(async transaction => {
      const tx = transaction as unknown as Sql
      for (const due of await store.dueSchedules(tx, names)) {
        await store.fire(tx, due.name, nextTime(due.spec, new Date(due.now), new Date(due.nextAt)))
      }
    })
  } catch (error) {
    log.warn({ error }, 'jobs: schedules could not be checked; will retry')
  }
}

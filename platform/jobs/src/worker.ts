/**
 * The worker: takes due jobs while it has free slots, renews their leases, records outcomes and releases unfinished
 * jobs.
 */
import type { Sql } from '@octet/db'
import { PayloadMismatch } from './job.ts'
import { attemptJob, backoffMs, type DefinedJob, errorText, graceMs } from './run.ts'
import * as store from './store.ts'

export interface JobsLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/**
 * The end of one attempt, for metrics. `lost`: the lease expired or the process stopped, and the job runs again
 * elsewhere.
 */
export interface Outcome {
  readonly name: string
  readonly outcome: 'done' | 'failed' | 'dead' | 'lost'
  readonly waitedMs: number
  readonly ranMs: number
}

export interface WorkerOptions {
  readonly sql: Sql
  /** Identifies this process in leases and in the error of a job whose worker died. */
  readonly worker: string
  readonly specs: ReadonlyMap<string, DefinedJob>
  readonly log: JobsLog
  readonly concurrencyMax: number
  readonly pollMs: number
  readonly leaseMs: number
  readonly onOutcome: (outcome: Outcome) => void
  /** Called between polls, at most every {@link tickMs}. Must not throw. */
  readonly onTick: () => Promise<void>
}

/**
 * `running`: its code runs. `settling`: the outcome is being written. `stuck`: settled, but the code ignored its abort
 * and keeps its slot, because slots bound the load. `dropped`: stop() or a lost lease took the job away, and its
 * outcome no longer counts.
 */
interface Run extends store.Held {
  readonly job: store.Taken
  readonly controller: AbortController
  state: 'running' | 'settling' | 'stuck' | 'dropped'
  leaseEndsAt: number
  over: Promise<void>
}

export interface Worker {
  readonly options: WorkerOptions
  readonly runs: Set<Run>
  stopping: boolean
  renewing: boolean
  /** Until this time work is likely, because this process enqueued a job or just found one. */
  eagerUntil: number
  /** Ends the pause between two polls. */
  wake: () => void
  over: Promise<void>
  leaseTimer: NodeJS.Timeout | undefined
}

const eagerPollMs = 10
const eagerForMs = 100
const tickMs = 500
const outagePauseMs = 500
const answerMs = 5_000
const settleForMs = 10_000

/** Starts taking jobs. */
export function startWorker(options: WorkerOptions): Worker {
  const worker: Worker = {
    options,
    runs: new Set(),
    stopping: false,
    renewing: false,
    eagerUntil: 0,
    wake: () => {},
    over: Promise.resolve(),
    leaseTimer: setInterval(() => void keepLeases(worker), options.leaseMs / 3),
  }
  worker.over = loop(worker)
  return worker
}

async function loop(worker: Worker): Promise<void> {
  const { options, runs } = worker
  let tickAt = 0
  while (!worker.stopping) {
    let pauseMs = options.pollMs
    try {
      if (performance.now() >= tickAt) {
        await options.onTick()
        tickAt = performance.now() + tickMs
      }
      const room = options.concurrencyMax - runs.size
      const taken = room > 0 ? await takeUpTo(worker, room) : 0
      if (taken > 0) worker.eagerUntil = performance.now() + eagerForMs
      // The poll found as many jobs as it asked for, and some are done already, so more may wait.
      if (taken === room && runs.size < options.concurrencyMax) continue
      if (performance.now() < worker.eagerUntil) pauseMs = eagerPollMs
    } catch (error) {
      options.log.warn({ error }, 'jobs: could not poll; will retry')
      pauseMs = outagePauseMs
    }
    if (!worker.stopping) await pause(worker, pauseMs)
  }
}

function pause(worker: Worker, ms: number): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, ms)
    worker.wake = () => {
      clearTimeout(timer)
      resolve()
    }
  })
}

/** This process enqueued a job that will commit soon, so the worker polls faster for a short time. */
export function expectWork(worker: Worker): void {
  const now = performance.now()
  const already = now < worker.eagerUntil
  worker.eagerUntil = now + eagerForMs
  if (!already) worker.wake()
}

async function takeUpTo(worker: Worker, room: number): Promise<number> {
  const { specs, sql, leaseMs, worker: name } = worker.options
  const busy = (name: string) => [...worker.runs].filter(run => run.job.name === name).length
  const slots = [...specs].map(([name, { concurrencyMax, oneAtATime }]) => {
    return { name, slots: Math.max(0, concurrencyMax - busy(name)), oneAtATime }
  })
  const sentAt = performance.now()
  const jobs = await answered(store.take(sql, { slots, free: room, worker: name, leaseMs }))
  for (const job of jobs) begin(worker, job, sentAt + leaseMs)
  return jobs.length
}

function begin(worker: Worker, job: store.Taken, leaseEndsAt: number): void {
  const { id, fence } = job
  const controller = new AbortController()
  const run: Run = { id, fence, job, controller, state: 'running', leaseEndsAt, over: Promise.resolve() }
  worker.runs.add(run)
  run.over = work(worker, run)
    .catch(error => worker.options.log.error({ error, job: job.name, id }, 'jobs: a run failed outside its job'))
    .finally(() => {
      worker.runs.delete(run)
      worker.wake()
    })
}

async function work(worker: Worker, run: Run): Promise<void> {
  const { job } = run
  const spec = worker.options.specs.get(job.name)!
  const startedAt = performance.now()
  // A job whose worker died as often as it may fail is not retried.
  const spent = job.failures >= spec.attemptsMax
  const result = spent
    ? { error: new Error(job.error ?? 'no attempts left'), returned: Promise.resolve() }
    : await attemptJob(spec, job, run.controller)
  const ranMs = performance.now() - startedAt
  let outcome: Outcome['outcome'] = 'lost'
  if (run.state !== 'dropped') {
    run.state = 'settling'
    outcome = await settle(worker, run, result.error, job.failures + (spent ? 0 : 1))
  }
  run.state = 'stuck'
  worker.options.onOutcome({ name: job.name, outcome, waitedMs: job.waitedMs, ranMs })
  await result.returned
}

/**
 * Writes the outcome, and retries while the database is unavailable. The fence makes that safe even after the lease.
 */
async function settle(worker: Worker, run: Run, error: Error | undefined, failures: number) {
  const { log } = worker.options
  const about = { job: run.job.name, id: run.id, failures, error }
  const giveUpAt = performance.now() + settleForMs
  for (;;) {
    try {
      return await answered(write(worker, run, error, failures))
    } catch (outage) {
      if (performance.now() < giveUpAt) await new Promise(resolve => setTimeout(resolve, outagePauseMs))
      else {
        log.error({ ...about, outage }, 'jobs: the outcome could not be written, so the job will run again')
        return 'lost'
      }
    }
  }
}

async function write(worker: Worker, run: Run, error: Error | undefined, failures: number) {
  const { sql, log, specs } = worker.options
  const { attemptsMax, backoff } = specs.get(run.job.name)!
  if (error === undefined) return (await store.finish(sql, run)) ? 'done' : 'lost'
  const about = { job: run.job.name, id: run.id, failures, error }
  const isMismatch = error instanceof PayloadMismatch
  const isOver = isMismatch || failures >= attemptsMax
  if (isOver && run.job.isScheduled) {
    if (!(await store.finish(sql, run))) return 'lost'
    log.error(about, 'jobs: a scheduled run failed; its schedule starts the next one')
    return 'failed'
  }
  if (isOver) {
    if (!(await store.bury(sql, run, errorText(error), failures))) return 'lost'
    const why = isMismatch ? 'the payload does not fit' : 'no attempts left'
    log.error(about, `jobs: ${why}, so the job is a dead letter`)
    return 'dead'
  }
  if (!(await store.retry(sql, run, errorText(error), backoffMs(backoff, failures)))) return 'lost'
  log.warn(about, 'jobs: an attempt failed')
  return 'failed'
}

async function keepLeases(worker: Worker): Promise<void> {
  const { sql, leaseMs, log } = worker.options
  const sentAt = performance.now()
  const leased = [...worker.runs].filter(run => run.state === 'running' || run.state === 'settling')
  for (const run of leased) if (run.leaseEndsAt < sentAt) drop(worker, run)
  if (worker.renewing || leased.length === 0) return
  worker.renewing = true
  try {
    const kept = await answered(store.renew(sql, leased, leaseMs))
    const keptKeys = new Set(kept.map(({ id, fence }) => `${id} ${fence}`))
    for (const run of leased) {
      if (keptKeys.has(`${run.id} ${run.fence}`)) run.leaseEndsAt = sentAt + leaseMs
      else drop(worker, run)
    }
  } catch (error) {
    log.warn({ error }, 'jobs: leases could not be renewed')
  } finally {
    worker.renewing = false
  }
}

/**
 * Another worker may hold this job, so its run is aborted. A run that is settling goes on: its fence protects the job.
 */
function drop(worker: Worker, run: Run): void {
  if (run.state !== 'running') return
  worker.options.log.warn({ job: run.job.name, id: run.id }, 'jobs: a lease was lost')
  run.state = 'dropped'
  run.controller.abort(new Error('the lease on this job was lost'))
}

/** Takes no more jobs, waits for the running ones, then aborts and releases the rest. Returns how many it released. */
export async function stopWorker(worker: Worker, deadlineMs: number): Promise<number> {
  const { sql, log } = worker.options
  const endAt = performance.now() + deadlineMs
  const untilEnd = () => Math.max(0, endAt - performance.now())
  const allOver = () => Promise.all([...worker.runs].filter(run => run.state !== 'stuck').map(run => run.over))
  worker.stopping = true
  worker.wake()
  await within(worker.over, untilEnd())
  await within(allOver(), Math.max(0, untilEnd() - graceMs))
  const unfinished = [...worker.runs].filter(run => run.state === 'running')
  for (const run of unfinished) {
    run.state = 'dropped'
    run.controller.abort(new Error('this process is stopping'))
  }
  await within(allOver(), Math.min(graceMs, untilEnd()))
  clearInterval(worker.leaseTimer)
  if (unfinished.length > 0) {
    const back = store.giveBack(sql, unfinished)
    await answered(back).catch(error => log.warn({ error }, 'jobs: could not be released; their leases will expire'))
  }
  return unfinished.length
}

/** Waits for `promise`, but at most `ms`. Returns whether it settled in time. */
async function within(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>(resolve => {
    timer = setTimeout(resolve, ms, false)
  })
  try {
    return await Promise.race([promise.then(() => true), late])
  } finally {
    clearTimeout(timer)
  }
}

/** The result of a statement. Throws when it does not arrive in time, because a cut connection can lose it silently. */
async function answered<T>(statement: Promise<T>): Promise<T> {
  if (await within(statement, answerMs)) return await statement
  throw new Error(`the database did not answer within ${answerMs} ms`)
}

/** One attempt at one job: its time limit, its abort signal and its outcome. */
import type { Job } from './job.ts'
import type { Taken } from './store.ts'

export interface Attempt {
  readonly id: string
  /** Counts from 1. */
  readonly attempt: number
  /** Aborts when the time is up, the lease is lost or the process stops: then return or throw soon. */
  readonly signal: AbortSignal
  /** W3C `traceparent` of the request that enqueued the job; absent for scheduled jobs. */
  readonly traceparent?: string | undefined
}

export interface JobSpec<P = unknown> {
  /** Does the work. It may run again after it succeeded (a crash in between), so it must be idempotent. */
  readonly run: (payload: P, attempt: Attempt) => Promise<void>
  /**
   * How many failures, crashes and timeouts end the job. It becomes a dead letter unless its schedule runs it again.
   * Default 5.
   */
  readonly attemptsMax?: number
  /** Time limit of one attempt. Default 30 s. */
  readonly timeoutMs?: number
  /**
   * The pause before attempt n + 1: `firstMs` · 2^(n-1), at most `maxMs`, minus up to half at random. Default 1 s and 5
   * min.
   */
  readonly backoff?: { readonly firstMs: number; readonly maxMs: number }
  /** How many jobs of this name one process runs at once, within the limit of the process. Default 8. */
  readonly concurrencyMax?: number
  /**
   * Jobs with the same key run one at a time over all processes: a later one waits until the earlier one is done or
   * dead.
   */
  readonly oneAtATime?: boolean
}

/** A job and how it runs, with every default filled in. */
export interface DefinedJob extends Required<JobSpec> {
  readonly job: Job
}

/** `returned` settles when the job's own code returns, which may be after the attempt was abandoned. */
export interface Result {
  readonly error: Error | undefined
  readonly returned: Promise<unknown>
}

/** How long aborted code may take to return before the worker abandons it. */
export const graceMs = 1_000
const errorLengthMax = 2_000

/**
 * Checks the payload and runs the job's code until it returns, or until {@link graceMs} after `controller` aborts.
 * Never throws.
 */
export async function attemptJob(spec: DefinedJob, job: Taken, controller: AbortController): Promise<Result> {
  const { signal } = controller
  const timers: NodeJS.Timeout[] = []
  const timedOut = () => controller.abort(new Error(`timed out after ${spec.timeoutMs} ms`))
  timers.push(setTimeout(timedOut, spec.timeoutMs))
  const abandoned = new Promise<never>((_, reject) => {
    const wait = () => timers.push(setTimeout(() => reject(signal.reason), graceMs))
    signal.addEventListener('abort', wait, { once: true })
  })
  const work = (async () => {
    const traceparent = job.traceparent ?? undefined
    await spec.run(spec.job.read(job.payload), { id: job.id, attempt: job.failures + 1, signal, traceparent })
    // Code that ignores its abort has not done its work, even if it returns normally.
    signal.throwIfAborted()
  })()
  const returned = work.catch(() => {})
  try {
    await Promise.race([work, abandoned])
    return { error: undefined, returned }
  } catch (error) {
    return { error: asError(signal.aborted ? signal.reason : error), returned }
  } finally {
    timers.forEach(clearTimeout)
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}

/** What is stored of an error: its first 2,000 characters without NUL, which PostgreSQL cannot store. */
export function errorText(error: Error): string {
  return `${error.name}: ${error.message}`.replaceAll('\0', '').slice(0, errorLengthMax)
}

/** Exponential back-off with equal jitter (Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015). */
export function backoffMs(
  backoff: { firstMs: number; maxMs: number },
  failures: number,
  random = Math.random(),
): number {
  const fullMs = Math.min(backoff.maxMs, backoff.firstMs * 2 ** (failures - 1))
  return Math.round(fullMs * (0.5 + random / 2))
}

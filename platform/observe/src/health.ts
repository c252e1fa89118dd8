/** The answers to health probes: whether the process is alive, and whether each of its parts works. */
import type { Log } from './log.ts'
import { redactText } from './redact.ts'

/**
 * `starting`: `ready()` was not called yet. `ready`: every check passes. `degraded`: a check fails. `draining`:
 * finishes current work and accepts no more; this state is final.
 */
export type HealthState = 'starting' | 'ready' | 'degraded' | 'draining'

export interface HealthCheck {
  readonly name: string
  /**
   * Resolves when the part works. Only observe, never repair: it may run every second. The signal aborts at the
   * timeout.
   */
  check(signal: AbortSignal): Promise<void>
  readonly timeoutMs: number
  /** The process can serve without this part: a failure is reported, but `ok` stays true. */
  readonly isOptional?: boolean
}

export interface HealthReport {
  /** The probe answers 200 when true, 503 when false. */
  readonly ok: boolean
  readonly state: HealthState
}

export interface ReadyReport extends HealthReport {
  readonly checks: readonly CheckReport[]
}

/** Omits the reason: probes may be public, and errors name hosts. The log has the reason. */
export interface CheckReport {
  readonly name: string
  readonly status: 'ok' | 'failed' | 'timeout'
  readonly durationMs: number
}

export interface Health {
  /** Adds a check; throws when the name is taken. Returns a function that removes it. */
  register(check: HealthCheck): () => void
  /** Startup is complete: from now on the checks decide the state. */
  open(): void
  drain(): void
  /** True as long as the process answers, including while it starts or drains. */
  live(): HealthReport
  /** Runs all checks concurrently, each with its timeout. Callers within `cacheMs` share one answer. */
  ready(): Promise<ReadyReport>
}

export interface HealthOptions {
  readonly log?: Pick<Log, 'warn' | 'info'>
  readonly cacheMs?: number
  /** Monotonic milliseconds. */
  readonly now?: () => number
}

interface Part {
  readonly check: HealthCheck
  /** A check that timed out does not start again until it settles; otherwise runs would pile up. */
  isHanging: boolean
  lastStatus: CheckReport['status']
}

/** The health of one process, initially `starting`. Logs each change of a check with the reason. */
export function createHealth(options: HealthOptions = {}): Health {
  const { log, cacheMs = 1_000, now = () => performance.now() } = options
  const parts = new Map<string, Part>()
  let phase: 'starting' | 'open' | 'draining' = 'starting'
  let running: Promise<readonly CheckReport[]> | undefined
  let latest: { checks: readonly CheckReport[]; untilMs: number } | undefined
  /** Increases when a check is added or removed, which invalidates the cached answer. */
  let generation = 0

  async function checkAll(): Promise<readonly CheckReport[]> {
    const startedIn = generation
    const checks = await Promise.all([...parts.values()].map(part => checkPart(part, now, log)))
    if (startedIn === generation) latest = { checks, untilMs: now() + cacheMs }
    running = undefined
    return checks
  }

  function forget(): void {
    generation++
    latest = undefined
  }

  function checks(): readonly CheckReport[] | Promise<readonly CheckReport[]> {
    if (latest && now() < latest.untilMs) return latest.checks
    running ??= checkAll()
    return running
  }

  function stateOf(checks: readonly CheckReport[]): HealthState {
    if (phase !== 'open') return phase
    return checks.every(check => check.status === 'ok') ? 'ready' : 'degraded'
  }

  function isServing(checks: readonly CheckReport[]): boolean {
    return checks.every(check => check.status === 'ok' || parts.get(check.name)?.check.isOptional === true)
  }

  return {
    register(check) {
      if (parts.has(check.name)) throw new Error(`there is already a health check ${check.name}`)
      parts.set(check.name, { check, isHanging: false, lastStatus: 'ok' })
      forget()
      return () => {
        parts.delete(check.name)
        forget()
      }
    },
    open() {
      if (phase === 'starting') phase = 'open'
    },
    drain() {
      phase = 'draining'
    },
    live: () => ({ ok: true, state: stateOf(latest?.checks ?? []) }),
    async ready() {
      const results = await checks()
      return { ok: phase === 'open' && isServing(results), state: stateOf(results), checks: results }
    },
  }
}

async function checkPart(part: Part, now: () => number, log: HealthOptions['log']): Promise<CheckReport> {
  const { name } = part.check
  const startMs = now()
  const { status, error } = await outcomeOf(part)
  if (status !== part.lastStatus) {
    if (status === 'ok') log?.info({ check: name }, 'health check recovered')
    else log?.warn({ check: name, status, reason: error && redactText(String(error)) }, 'health check failed')
    part.lastStatus = status
  }
  return { name, status, durationMs: Math.round(now() - startMs) }
}

async function outcomeOf(part: Part): Promise<{ status: CheckReport['status']; error?: unknown }> {
  if (part.isHanging) return { status: 'timeout' }
  const { check } = part
  const abort = new AbortController()
  const timedOut = Promise.withResolvers<{ status: 'timeout' }>()
  const timer = setTimeout(() => timedOut.resolve({ status: 'timeout' }), check.timeoutMs)
  part.isHanging = true
  const settled = run(check, abort.signal).then(
    () => ({ status: 'ok' as const }),
    (error: unknown) => ({ status: 'failed' as const, error }),
  )
  const released = settled.finally(() => {
    part.isHanging = false
  })
  const outcome = await Promise.race([released, timedOut.promise])
  clearTimeout(timer)
  if (outcome.status === 'timeout') abort.abort()
  return outcome
}

/** A check that throws before its first await fails like any other. */
async function run(check: HealthCheck, signal: AbortSignal): Promise<void> {
  await check.check(signal)
}

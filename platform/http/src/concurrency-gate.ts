/**
 * Concurrency gates in front of costly routes. A few requests run at once, a bounded number waits, and the rest are
 * refused with a `Retry-After`. A gate acts before Fastify, the rate limits and the database. Five hundred concurrent
 * sign-ins therefore do not slow down other requests (`npm run bench -- logins`).
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { commonProblem, type Problem } from '@octet/contracts'

export interface ConcurrencyGateOptions {
  /** Paths whose POSTs pass through this gate. */
  readonly paths: readonly string[]
  readonly runningMax: number
  readonly waitingMax: number
  /** A request that waited this long is refused. */
  readonly waitMsMax: number
}

export interface ConcurrencyGate {
  /** Admits a POST, now or later, or refuses it. Returns false when the gate does not guard its path. */
  take(exchange: { request: IncomingMessage; response: ServerResponse }, outcome: GateOutcome): boolean
  /** Admits all waiting requests and stays open. */
  open(): void
}

export interface GateOutcome {
  readonly admit: () => void
  readonly refuse: (problem: Problem, path: string) => void
}

const retryMsMin = 1_000
const retryMsMax = 30_000
/** The initial value of the moving average of run times. */
const runMsInitial = 100
const weightOfNewest = 0.1

interface Waiter {
  readonly proceed: () => void
  readonly timer: NodeJS.Timeout
}

/** Larger bodies and bodies of unknown length bypass the gate; the ordinary limits cover them. */
const bodyBytesMax = 16 * 1024

/** Creates a gate with its own counts: one per process and group of routes that share a scarce resource. */
export function createConcurrencyGate(options: ConcurrencyGateOptions): ConcurrencyGate {
  const { runningMax, waitingMax, waitMsMax } = options
  const guarded = new Set(options.paths)
  const waiting = new Set<Waiter>()
  let running = 0
  let isOpen = false
  const { recordRun, busyProblem } = createRetryTimes(runningMax)

  function run(response: ServerResponse, admit: () => void): void {
    const startedMs = performance.now()
    running++
    response.once('close', () => {
      running--
      recordRun(performance.now() - startedMs)
      admitNext()
    })
    admit()
  }

  function admitNext(): void {
    const [next] = waiting // a Set keeps the order of arrival
    if (next === undefined || running >= runningMax) return
    remove(next)
    next.proceed()
  }

  const remove = (waiter: Waiter) => {
    clearTimeout(waiter.timer)
    waiting.delete(waiter)
  }
  function wait(response: ServerResponse, path: string, { admit, refuse }: GateOutcome): void {
    const onGone = () => remove(waiter)
    const waiter: Waiter = {
      proceed: () => {
        response.off('close', onGone)
        run(response, admit)
      },
      timer: setTimeout(() => {
        response.off('close', onGone)
        waiting.delete(waiter)
        refuse(busyProblem(waiting.size), path)
      }, waitMsMax),
    }
    waiting.add(waiter)
    response.once('close', onGone)
  }

  return {
    take({ request, response }, outcome) {
      if (isOpen) return false
      const path = pathOf(request.url ?? '')
      if (!guarded.has(path) || !isSmall(request)) return false
      // A slow sender does not occupy a slot while its body arrives.
      onceArrived(request, response, () => {
        if (isOpen) outcome.admit()
        else if (running < runningMax) run(response, outcome.admit)
        else if (waiting.size < waitingMax) wait(response, path, outcome)
        else outcome.refuse(busyProblem(waiting.size), path)
      })
      return true
    },
    open() {
      isOpen = true
      for (const waiter of [...waiting]) {
        remove(waiter)
        waiter.proceed()
      }
    },
  }
}

/** Spreads the `Retry-After` of refused requests: each gets its own time, at the rate at which slots free up. */
function createRetryTimes(slots: number) {
  let runMs = runMsInitial
  let lastAssignedMs = 0
  return {
    recordRun(durationMs: number): void {
      runMs += (durationMs - runMs) * weightOfNewest
    },
    busyProblem(waiting: number): Problem {
      const nowMs = performance.now()
      const slotMs = runMs / slots
      lastAssignedMs = Math.min(Math.max(lastAssignedMs, nowMs + waiting * slotMs) + slotMs, nowMs + retryMsMax)
      return commonProblem('unavailable', {
        detail: 'Too many people ask for this at the moment; try again a little later.',
        retryAfterMs: Math.max(retryMsMin, Math.round(lastAssignedMs - nowMs)),
        executed: 'no',
      })
    },
  }
}

/** The path as the router sees it: without query and trailing slash. */
function pathOf(url: string): string {
  const end = url.search(/[?#]/)
  const path = end === -1 ? url : url.slice(0, end)
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
}

function isSmall({ headers }: IncomingMessage): boolean {
  const length = Number(headers['content-length'] ?? Number.NaN)
  return length <= bodyBytesMax
}

/** Calls back when the whole body has arrived; the body itself stays unread. */
function onceArrived(request: IncomingMessage, response: ServerResponse, proceed: () => void): void {
  if (request.complete) {
    proceed()
    return
  }
  const stop = () => {
    request.off('readable', check)
    response.off('close', stop)
  }
  const check = () => {
    if (!request.complete) return
    stop()
    proceed()
  }
  request.on('readable', check)
  response.once('close', stop)
}

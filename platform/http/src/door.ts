/**
 * Doors before costly routes: a few requests are inside at once, some wait outside, where they cost next to nothing,
 * and the rest are told when to come. All of that before Fastify, the limits or the database see them: five hundred
 * people signing in at once must not hold up anybody who does something else (`npm run bench -- logins`).
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { commonProblem, type Problem } from '@octet/contracts'

export interface DoorOptions {
  /** Paths whose POSTs go through this door. */
  readonly paths: readonly string[]
  readonly insideMax: number
  readonly waitingMax: number
  /** Who waited so long is told to come again. */
  readonly waitMsMax: number
}

export interface Door {
  /** Lets a POST in, now or later, or refuses it; false: it does not go through this door. */
  take(exchange: { request: IncomingMessage; response: ServerResponse }, ways: DoorWays): boolean
  /** Lets everybody in and stands open from then on. */
  takeDown(): void
}

export interface DoorWays {
  readonly enter: () => void
  readonly refuse: (problem: Problem, path: string) => void
}

const retryMsMin = 1_000
const retryMsMax = 30_000
/** How long a request is inside is remembered as a moving average; before the first one this is assumed. */
const insideMsAtFirst = 100
const weightOfNewest = 0.1

interface Waiter {
  readonly proceed: () => void
  readonly timer: NodeJS.Timeout
}

/** Larger bodies, and those of unknown length, go the ordinary way: the limits there are made for them. */
const bodyBytesMax = 16 * 1024

/** Its own counts: one per process and group of routes that share something scarce. */
export function createDoor({ paths, insideMax, waitingMax, waitMsMax }: DoorOptions): Door {
  const guarded = new Set(paths)
  const waiting = new Set<Waiter>()
  let inside = 0
  let isDown = false
  const { saw, busy } = createPromises(insideMax)

  function admit(response: ServerResponse, enter: () => void): void {
    const startedMs = performance.now()
    inside++
    response.once('close', () => {
      inside--
      saw(performance.now() - startedMs)
      callNext()
    })
    enter()
  }

  function callNext(): void {
    const [next] = waiting // a Set keeps the order of arrival
    if (next === undefined || inside >= insideMax) return
    leave(next)
    next.proceed()
  }

  function leave(waiter: Waiter): void {
    clearTimeout(waiter.timer)
    waiting.delete(waiter)
  }

  function wait(response: ServerResponse, path: string, { enter, refuse }: DoorWays): void {
    const onGone = () => leave(waiter)
    const waiter: Waiter = {
      proceed: () => {
        response.off('close', onGone)
        admit(response, enter)
      },
      timer: setTimeout(() => {
        response.off('close', onGone)
        waiting.delete(waiter)
        refuse(busy(waiting.size), path)
      }, waitMsMax),
    }
    waiting.add(waiter)
    response.once('close', onGone)
  }

  return {
    take({ request, response }, ways) {
      if (isDown) return false
      const path = pathOf(request.url ?? '')
      if (!guarded.has(path) || !isSmall(request)) return false
      // Whoever sends slowly takes no place from the others.
      onceArrived(request, response, () => {
        if (isDown) ways.enter()
        else if (inside < insideMax) admit(response, ways.enter)
        else if (waiting.size < waitingMax) wait(response, path, ways)
        else ways.refuse(busy(waiting.size), path)
      })
      return true
    },
    takeDown() {
      isDown = true
      for (const waiter of [...waiting]) {
        leave(waiter)
        waiter.proceed()
      }
    },
  }
}

/** Says when to come again: nobody is sent to a moment that is promised to somebody else. */
function createPromises(places: number) {
  let insideMs = insideMsAtFirst
  let promisedMs = 0
  return {
    /** Somebody was inside for so long. */
    saw(durationMs: number): void {
      insideMs += (durationMs - insideMs) * weightOfNewest
    },
    busy(waiting: number): Problem {
      const nowMs = performance.now()
      const placeMs = insideMs / places
      promisedMs = Math.min(Math.max(promisedMs, nowMs + waiting * placeMs) + placeMs, nowMs + retryMsMax)
      return commonProblem('unavailable', {
        detail: 'Too many people ask for this at the moment; try again a little later.',
        retryAfterMs: Math.max(retryMsMin, Math.round(promisedMs - nowMs)),
        executed: 'no',
      })
    },
  }
}

/** As the router sees it: without query and trailing slash. */
function pathOf(url: string): string {
  const end = url.search(/[?#]/)
  const path = end === -1 ? url : url.slice(0, end)
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
}

function isSmall({ headers }: IncomingMessage): boolean {
  const length = Number(headers['content-length'] ?? Number.NaN)
  return length <= bodyBytesMax
}

/** Calls back when all of the body is here, which stays to be read. */
function onceArrived(request: IncomingMessage, response: ServerResponse, proceed: () => void): void {
  if (request.complete) {
    proceed()
    return
  }
  const stop = () => {
    request.off('readable', look)
    response.off('close', stop)
  }
  const look = () => {
    if (!request.complete) return
    stop()
    proceed()
  }
  request.on('readable', look)
  response.once('close', stop)
}

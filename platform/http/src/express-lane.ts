/**
 * Answers without a body, given before Fastify sees the request: for the redirect, whose speed is the product. One
 * through Fastify's hooks and reply took 25 µs of processor time, here 19, where a bare `node:http` server takes 13
 * (`npm run bench -- links-redirect`). Whatever is not the common case is declined and takes the ordinary route.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Problem, problemBody } from '@octet/contracts'
import { asProblem } from '@octet/kernel'
import type { HttpMetrics, Log } from '@octet/observe'

/** Made by {@link bodilessAnswer}. */
export interface BodilessAnswer {
  readonly status: number
  readonly headers: readonly string[]
}

/**
 * An answer to be made once and given often. `headers`: name, value, name, value …; names in lower case. None of the
 * headers that guard a body are added: they mean nothing without one, and leaving them out saves 2 µs of 21.
 */
export function bodilessAnswer(status: number, headers: readonly string[]): BodilessAnswer {
  return { status, headers: [...headers, 'content-length', '0'] }
}

export interface ExpressRoute {
  /** The ordinary route for the same addresses, its one parameter last: `/s/:code`. Anyone may call it. */
  readonly url: string
  /**
   * Takes a GET and returns true, then answers once, now or later; or declines by returning false, having changed
   * nothing. `part` stands for the parameter: letters, digits, `_` and `-`.
   */
  take(part: string, request: IncomingMessage, answer: (answer: BodilessAnswer | Error) => void): boolean
}

export interface ExpressOptions {
  readonly log: Log
  readonly metrics: HttpMetrics
  readonly requestIdOf: (given: string | undefined) => string
}

const plainPart = /^[\w-]{1,200}$/

/** Handles the request if `route` takes it; false: nothing has happened. */
export function takeExpress(
  route: ExpressRoute,
  options: ExpressOptions,
  { request, response }: { request: IncomingMessage; response: ServerResponse },
): boolean {
  const { method, url = '' } = request
  const prefixLength = route.url.indexOf(':')
  if (method !== 'GET' || !url.startsWith(route.url.slice(0, prefixLength))) return false
  const part = url.slice(prefixLength)
  if (!plainPart.test(part)) return false
  const startedMs = performance.now()
  return route.take(part, request, answer => {
    const given = headerOf(request, 'x-request-id')
    const status =
      answer instanceof Error
        ? sendFailure(options, response, options.requestIdOf(given), answer)
        : sendAnswer(response, answer, given === undefined ? undefined : options.requestIdOf(given))
    options.metrics.observe('GET', route.url, status, performance.now() - startedMs)
  })
}

/** An id that no log line has helps nobody: it is sent back only to who sent one. */
function sendAnswer(response: ServerResponse, { status, headers }: BodilessAnswer, givenId?: string): number {
  response.writeHead(status, (givenId === undefined ? headers : [...headers, 'x-request-id', givenId]) as string[])
  response.end()
  return status
}

function sendFailure({ log }: ExpressOptions, response: ServerResponse, requestId: string, error: Error): number {
  const problem = error instanceof Problem ? error : asProblem(error)
  log.error({ err: error, requestId }, problem.title)
  return sendBareProblem(response, problem, requestId)
}

/** A problem where there is no reply of Fastify's. Returns its status. */
export function sendBareProblem(response: ServerResponse, problem: Problem, requestId: string): number {
  const body = JSON.stringify(problemBody(problem, requestId))
  const retryAfter =
    problem.retryAfterMs === undefined ? [] : ['retry-after', String(Math.ceil(problem.retryAfterMs / 1000))]
  response.writeHead(problem.status, [
    ...['content-type', 'application/problem+json; charset=utf-8', 'content-length', String(Buffer.byteLength(body))],
    ...['x-content-type-options', 'nosniff', 'x-request-id', requestId, ...retryAfter],
  ])
  response.end(body)
  return problem.status
}

/**
 * A request header by its name in lower case, read from where the parser left it: `request.headers` first makes an
 * object of all of them, which costs as much as the rest of a redirect's own work.
 */
export function headerOf({ rawHeaders }: IncomingMessage, name: string): string | undefined {
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const given = rawHeaders[index] as string
    if (given.length === name.length && given.toLowerCase() === name) return rawHeaders[index + 1]
  }
  return undefined
}

/**
 * The typed client of the public API, made from the contracts. Every operation with a route becomes a function.
 */
import {
  type ApiRequest,
  type CallOptions,
  type Contract,
  type FieldError,
  type Input,
  type Operation,
  type Output,
  Problem,
  problemFromBody,
  requestOf,
} from '@octet/contracts'
import { confirmPresence } from './step-up.ts'

/** Waited beyond the operation's own time limit, so that the server's answer about it can still arrive. */
const graceMs = 2_000

export interface WebCallOptions extends CallOptions {
  readonly signal?: AbortSignal
  /** Lets the request outlive the page. */
  readonly keepalive?: boolean
}

export type Client<C extends Contract> = {
  readonly [K in keyof C['operations']]: (input: Input<C, K>, options?: WebCallOptions) => Promise<Output<C, K>>
}

/** A problem the server answered with; `code` is in the catalogue, `requestId` finds it in the logs. */
export class ApiProblem extends Problem {
  readonly requestId: string | undefined

  constructor(problem: Problem, requestId: string | undefined) {
    super(problem, problem)
    this.name = 'ApiProblem'
    this.requestId = requestId
  }
}

/** No answer came: the network or the server is away, or the time limit passed. */
export class OfflineError extends Error {
  readonly reason: 'unreachable' | 'timeout'

  constructor(reason: 'unreachable' | 'timeout', cause: unknown) {
    super(reason === 'timeout' ? 'the server did not answer in time' : 'the server cannot be reached', { cause })
    this.name = 'OfflineError'
    this.reason = reason
  }
}

/** The problem in an answer that is none of success. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const body: unknown = await response.json().catch(() => undefined)
  const requestId = response.headers.get('x-request-id') ?? undefined
  const unreadable = { code: 'unavailable', status: response.status, title: 'The server gave no readable answer.' }
  return new ApiProblem(problemFromBody(body) ?? new Problem(unreadable), requestId)
}

async function send(
  request: ApiRequest,
  timeoutMs: number,
  options: WebCallOptions,
  origin: string,
): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json' }
  if (request.body !== undefined) headers['content-type'] = 'application/json'
  if (options.idempotencyKey !== undefined) headers['idempotency-key'] = options.idempotencyKey
  if (options.ifMatch !== undefined) headers['if-match'] = `"${options.ifMatch}"`
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    return await fetch(`${origin}${request.path}`, {
      method: request.method,
      headers,
      body: request.body === undefined ? undefined : JSON.stringify(request.body),
      credentials: 'same-origin',
      cache: 'no-store',
      keepalive: options.keepalive ?? false,
      signal: options.signal === undefined ? timeout : AbortSignal.any([timeout, options.signal]),
    })
  } catch (cause) {
    if (options.signal?.aborted) throw cause
    throw new OfflineError(timeout.aborted ? 'timeout' : 'unreachable', cause)
  }
}

async function call(operation: Operation, input: object, options: WebCallOptions, origin: string): Promise<unknown> {
  const attempt = async () => {
    const response = await send(requestOf(operation, input), operation.timeoutMs + graceMs, options, origin)
    if (!response.ok) throw await problemOf(response)
    return response.status === 204 ? {} : ((await response.json()) as unknown)
  }
  try {
    return await attempt()
  } catch (error) {
    // Refused before anything was done, so that sending it again is safe whatever it is.
    const isStale = error instanceof Problem && error.code === 'fresh-sign-in-required'
    if (!isStale || options.keepalive || !(await confirmPresence())) throw error
    return attempt()
  }
}

/** One function per operation; throws `ApiProblem` or `OfflineError`. Without an origin it is that of the page. */
export function createClient<C extends Contract>(contract: C, origin = ''): Client<C> {
  const calls = Object.entries(contract.operations).map(([name, operation]) => [
    name,
    (input: object, options: WebCallOptions = {}) => call(operation, input, options, origin),
  ])
  return Object.fromEntries(calls) as Client<C>
}

/** A key for one click of a `keyed` operation. `randomUUID` would need HTTPS; `getRandomValues` does not. */
export function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
}

/** Field errors by the name of the form's field, e.g. `{alias: 'That alias is taken.'}`. */
export function fieldErrors(error: unknown): Readonly<Record<string, string>> {
  const errors: readonly FieldError[] = error instanceof Problem ? (error.errors ?? []) : []
  return Object.fromEntries(errors.map(({ path, message }) => [path.split('/')[1] ?? path, message]))
}

/** Calls to a module in another process: the same values, errors, deadlines and rights as in this one. */
import { commonProblem, Problem, problemFromBody } from '@octet/contracts'
import { traceparentOf } from '@octet/observe'
import {
  BrokenCircuitError,
  BulkheadRejectedError,
  bulkhead,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
  type IPolicy,
  wrap,
} from 'cockatiel'
import { Pool } from 'undici'
import type { Transport } from './calls.ts'
import type { RequestInfo } from './invoke.ts'
import { type CompiledOperation, checkInput } from './operation.ts'
import type { ServiceCaller } from './service-token.ts'

export interface RemoteOptions {
  /** Where the other process listens: `http://10.0.0.2:3000`. */
  readonly url: string
  readonly signToken: (audience: string, caller: ServiceCaller) => Promise<string>
}

export interface Remote {
  readonly transport: Transport
  /** Posts to an internal address of the module; for event delivery. */
  post(path: string, body: unknown, request: RequestInfo): Promise<unknown>
  close(): Promise<void>
}

const connectionsMax = 64
const callsAtOnceMax = 512
const connectTimeoutMs = 1_000
const attemptsMax = 3
const failuresUntilOpen = 8
const openMs = 2_000
const answerBytesMax = 4 * 1024 * 1024

/**
 * The way to one other process. A call is repeated, at most twice and within its deadline, when nothing was executed,
 * or when the operation says that repeating is harmless. After {@link failuresUntilOpen} failures in a row calls fail
 * at once for {@link openMs}, so that a dead process costs its callers nothing.
 */
export function connectRemote(options: RemoteOptions): Remote {
  const pool = new Pool(options.url, {
    connections: connectionsMax,
    connect: { timeout: connectTimeoutMs },
    pipelining: 1,
  })
  const isOutage = handleWhen(error => error instanceof Problem && (error.status === 503 || error.status === 504))
  const policy = wrap(
    bulkhead(callsAtOnceMax, 0),
    circuitBreaker(isOutage, { halfOpenAfter: openMs, breaker: new ConsecutiveBreaker(failuresUntilOpen) }),
  )
  const post = async (path: string, module: string, body: unknown, request: RequestInfo) => {
    const token = await options.signToken(module, { caller: request.caller ?? '', actor: request.actor })
    return guarded(policy, () => send(pool, { path, body, token, request }))
  }
  return {
    transport: (operation, request, input) => callRepeatedly(operation, request, input, post),
    post: (path, body, request) => post(path, path.split('/')[2] ?? '', body, request),
    close: () => pool.close(),
  }
}

type Post = (path: string, module: string, body: unknown, request: RequestInfo) => Promise<unknown>

async function callRepeatedly(
  operation: CompiledOperation,
  given: RequestInfo,
  input: unknown,
  post: Post,
): Promise<unknown> {
  checkInput(operation, input)
  const deadlineMs = Math.min(given.deadlineMs, Date.now() + operation.spec.timeoutMs)
  const request = { ...given, deadlineMs }
  const path = `/internal/${operation.module}/${operation.name}`
  for (let attempt = 1; ; attempt++) {
    try {
      return await post(path, operation.module, input, request)
    } catch (error) {
      const pauseMs = Math.random() * 20 * 2 ** attempt
      const isLast = attempt === attemptsMax || Date.now() + pauseMs >= deadlineMs
      if (isLast || !mayRepeat(operation, request, error)) throw error
      await new Promise(resolve => setTimeout(resolve, pauseMs))
    }
  }
}

function mayRepeat({ spec }: CompiledOperation, { idempotencyKey }: RequestInfo, error: unknown): boolean {
  // Told when to come back (an open breaker, a rate limit), repeating at once would only add load.
  if (!(error instanceof Problem) || !error.retryable || error.retryAfterMs !== undefined) return false
  if (error.executed === 'no' || spec.retry === 'safe') return true
  return spec.retry === 'keyed' && idempotencyKey !== undefined
}

async function guarded<T>(policy: IPolicy, run: () => Promise<T>): Promise<T> {
  try {
    return await policy.execute(run)
  } catch (error) {
    if (error instanceof BrokenCircuitError || error instanceof BulkheadRejectedError) {
      throw commonProblem('unavailable', { detail: error.message, executed: 'no', retryAfterMs: openMs })
    }
    throw error
  }
}

interface Outgoing {
  readonly path: string
  readonly body: unknown
  readonly token: string
  readonly request: RequestInfo
}

async function send(pool: Pool, { path, body, token, request }: Outgoing): Promise<unknown> {
  const remainingMs = request.deadlineMs - Date.now()
  if (remainingMs <= 0) throw commonProblem('deadline-exceeded', { executed: 'no' })
  const headers: Record<string, string> = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'x-request-id': request.requestId,
    'x-octet-deadline-ms': String(Math.ceil(remainingMs)),
  }
  if (request.span !== undefined) headers.traceparent = traceparentOf(request.span)
  if (request.idempotencyKey !== undefined) headers['idempotency-key'] = request.idempotencyKey
  if (request.ifMatch !== undefined) headers['if-match'] = `"${request.ifMatch}"`
  try {
    const timeoutMs = Math.ceil(remainingMs)
    const answer = await pool.request({
      method: 'POST',
      path,
      headers,
      body: JSON.stringify(body),
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      signal: AbortSignal.timeout(timeoutMs),
    })
    return read(answer.statusCode, await bounded(answer.body))
  } catch (error) {
    throw asCallProblem(error)
  }
}

async function bounded(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > answerBytesMax) throw new Error(`the answer is larger than ${answerBytesMax} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

function read(status: number, text: string): unknown {
  let body: unknown
  try {
    body = text === '' ? {} : JSON.parse(text)
  } catch (error) {
    throw commonProblem('unavailable', {
      detail: `an answer of status ${status} is not JSON`,
      executed: 'maybe',
      cause: error,
    })
  }
  if (status === 200) return body
  throw (
    problemFromBody(body) ??
    commonProblem('unavailable', { detail: `status ${status} without a problem`, executed: 'maybe' })
  )
}

/** Errors of these codes mean that the request never left. */
const notSent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'])
const timedOut = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_ABORTED'])

function asCallProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  const { code = '', name = '' } = error as { code?: string; name?: string }
  if (notSent.has(code)) return commonProblem('unavailable', { detail: code, executed: 'no', cause: error })
  if (timedOut.has(code) || name === 'TimeoutError') {
    return commonProblem('deadline-exceeded', { executed: 'maybe', cause: error })
  }
  return commonProblem('unavailable', { detail: code, executed: 'maybe', cause: error })
}

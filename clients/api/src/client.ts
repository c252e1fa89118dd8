/** The typed client of one contract: one function per operation with a route. Nothing is generated. */
import type { CallOptions, Contract, Input, Operation, Output } from '@octet/contracts'
import { ApiProblem, ConnectionError, problemOf } from './errors.ts'
import { httpRequest, type RequestOptions, send } from './request.ts'
import { retryAfterMs } from './retry.ts'

export interface ClientOptions {
  /** Address of the installation: `https://octet.example.org`. Empty on a page of the installation itself. */
  readonly origin: string
  /** Access token or API key, or a function that is asked before each attempt. */
  readonly token?: string | (() => string | undefined | Promise<string | undefined>)
  /** Attempts per call, the first one included; 3 unless said. 1 turns retries off. */
  readonly attemptsMax?: number
  /** Time limit of one attempt. Unless said: the operation's own limit and two seconds for the way. */
  readonly timeoutMs?: number
  /**
   * Called when the server refused a call with 401 or 403 before doing anything; `token` is what the call carried.
   * `true`: the cause is removed, send the call once more. For refreshing a token, or for asking the user to confirm
   * their identity.
   */
  readonly recover?: (problem: ApiProblem, token: string | undefined) => boolean | Promise<boolean>
  readonly headers?: Readonly<Record<string, string>>
  /** Instead of the global `fetch`. */
  readonly fetch?: typeof fetch
  readonly credentials?: RequestInit['credentials']
  readonly cache?: RequestInit['cache']
}

export interface ApiCallOptions extends CallOptions {
  readonly signal?: AbortSignal
  /** Lets the request outlive the page that sent it. Such a call is never repeated. */
  readonly keepalive?: boolean
}

/** What an operation answers: its output, or the response itself where that is a file and not JSON. */
type Answer<
  C extends Contract,
  K extends keyof C['operations'],
> = C['operations'][K]['answers'] extends readonly string[] ? Response : Output<C, K>

/** One function per operation. Throws {@link ApiProblem} or {@link ConnectionError}. */
export type ApiClient<C extends Contract> = {
  readonly [K in keyof C['operations']]: (input: Input<C, K>, options?: ApiCallOptions) => Promise<Answer<C, K>>
}

/** Waited beyond the operation's own time limit, so that the server's answer about it can still arrive. */
const graceMs = 2_000

/** Makes the functions. They hold no connection and no state but the options. */
export function createClient<C extends Contract>(contract: C, options: ClientOptions): ApiClient<C> {
  const calls = Object.entries<Operation>(contract.operations).map(([name, operation]) => [
    name,
    (input: object, callOptions: ApiCallOptions = {}) => call({ operation, input, options, callOptions }),
  ])
  return Object.fromEntries(calls) as ApiClient<C>
}

interface Call {
  readonly operation: Operation
  readonly input: object
  readonly options: ClientOptions
  readonly callOptions: ApiCallOptions
}

async function call({ operation, input, options, callOptions }: Call): Promise<unknown> {
  const attemptsMax = callOptions.keepalive === true ? 1 : (options.attemptsMax ?? 3)
  // A key of our own makes the repetition of a `keyed` operation safe.
  const ownKey = operation.retry === 'keyed' && attemptsMax > 1 ? newIdempotencyKey() : undefined
  const idempotencyKey = callOptions.idempotencyKey ?? ownKey
  let mayRecover = options.recover !== undefined && callOptions.keepalive !== true
  for (let attempts = 1; ; attempts++) {
    const token = typeof options.token === 'function' ? await options.token() : options.token
    try {
      return await attempt({ operation, input, options, callOptions: { ...callOptions, idempotencyKey } }, token)
    } catch (error) {
      if (mayRecover && isRefused(error) && (await options.recover?.(error, token))) {
        mayRecover = false
        attempts--
        continue
      }
      const hasKey = idempotencyKey !== undefined
      const waitMs = retryAfterMs({ operation, error, attempts, attemptsMax, hasKey })
      if (waitMs === undefined) throw error
      await pause(waitMs, callOptions.signal)
    }
  }
}

async function attempt({ operation, input, options, callOptions }: Call, token?: string): Promise<unknown> {
  const { origin, credentials, cache, timeoutMs = operation.timeoutMs + graceMs } = options
  const { idempotencyKey, ifMatch, signal, keepalive } = callOptions
  const request: RequestOptions = { token, idempotencyKey, ifMatch, headers: options.headers }
  const transport = { origin, fetch: options.fetch ?? fetch, credentials, cache }
  const response = await send(transport, httpRequest(operation, input, request), { timeoutMs, signal, keepalive })
  if (!response.ok) throw await problemOf(response)
  if (operation.answers !== undefined) return response
  if (response.status === 204) return {}
  return response.json().catch(cause => {
    if (signal?.aborted) throw cause
    throw new ConnectionError('unreachable', cause)
  })
}

/** 401 and 403 say that the operation was not begun, so sending it again is safe whatever it does. */
function isRefused(error: unknown): error is ApiProblem {
  return error instanceof ApiProblem && (error.status === 401 || error.status === 403)
}

/** A key for one intent of a `keyed` operation. `randomUUID` would need https; `getRandomValues` does not. */
export function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
}

/** Resolves after `ms`; rejects with the signal's reason when it is aborted before. */
function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const timer = setTimeout(done, ms)
    signal?.addEventListener('abort', done, { once: true })
    function done() {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      if (signal?.aborted) reject(signal.reason)
      else resolve()
    }
  })
}

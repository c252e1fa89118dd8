/** One attempt: an operation and its input as an HTTP request, and the answer to it. */
import { type CallOptions, type Operation, requestOf } from '@octet/contracts'
import { ConnectionError } from './errors.ts'

/** Headers that carry the caller's token, the idempotency key and the expected version. */
export interface RequestOptions extends CallOptions {
  readonly token?: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface HttpRequest {
  readonly method: string
  /** Path with query, from the root of the site. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** JSON. */
  readonly body: string | undefined
}

/** The request that carries out the operation. Throws for operations without a public route. */
export function httpRequest(operation: Operation, input: object, options: RequestOptions = {}): HttpRequest {
  const { method, path, body } = requestOf(operation, input)
  const { token, idempotencyKey, ifMatch, headers } = options
  return {
    method,
    path,
    headers: {
      accept: operation.answers?.join(', ') ?? 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      ...(ifMatch === undefined ? {} : { 'if-match': `"${ifMatch}"` }),
      ...headers,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  }
}

export interface Transport {
  readonly origin: string
  readonly fetch: typeof fetch
  readonly credentials?: RequestInit['credentials']
  readonly cache?: RequestInit['cache']
}

export interface SendOptions {
  readonly timeoutMs: number
  readonly signal?: AbortSignal
  readonly keepalive?: boolean
}

/** Sends the request. Throws {@link ConnectionError} without an answer, and the signal's reason when it is aborted. */
export async function send(
  { origin, fetch, credentials, cache }: Transport,
  { method, path, headers, body }: HttpRequest,
  { timeoutMs, signal, keepalive = false }: SendOptions,
): Promise<Response> {
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    return await fetch(`${origin}${path}`, {
      method,
      headers,
      body,
      keepalive,
      ...(credentials === undefined ? {} : { credentials }),
      ...(cache === undefined ? {} : { cache }),
      signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
    })
  } catch (cause) {
    if (signal?.aborted) throw cause
    throw new ConnectionError(timeout.aborted ? 'timeout' : 'unreachable', cause)
  }
}

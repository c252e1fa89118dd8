/** Sends requests and records their outcome. */
import { apiPrefix } from '@octet/contracts'
import type { Call, Entry, History } from './history.ts'

export interface Ask {
  readonly op: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below `/api/v1`, or from the root with `isPage`. */
  readonly path: string
  readonly isPage?: boolean
  readonly body?: object
  readonly token?: string
  readonly key?: string
  readonly subject?: string
  readonly value?: string
}

/** A different network for each request: password guessing is throttled by address. */
function address(): string {
  const part = () => Math.floor(Math.random() * 256)
  return `10.${part()}.${part()}.${part()}`
}

export interface Client {
  readonly name: string
  /** Sends the request to `server`, or to the client's next one, and returns its outcome. */
  ask(ask: Ask, server?: number): Promise<Call>
}

const timeoutMs = 12_000
let calls = 0

/** A client that spreads its requests over the servers. `ask` never throws: the outcome contains the error. */
export function openClient(history: History, origins: readonly string[], name: string): Client {
  let turn = 0
  return {
    name,
    async ask(ask, server = turn++ % origins.length) {
      const { op, key, subject, value } = ask
      const about = { call: ++calls, client: name, op, key, subject, value, server }
      const fromMs = Date.now()
      history.append({ ...about, kind: 'invoke', atMs: fromMs })
      const answer = await send(origins[server] ?? '', ask)
      const toMs = Date.now()
      history.append({ ...about, ...answer, atMs: toMs })
      return { ...about, ...answer, fromMs, toMs }
    },
  }
}

type Answer = Pick<Entry, 'status' | 'body' | 'requestId'> & { readonly kind: Call['kind'] }

async function send(origin: string, { method, path, isPage, body, token, key }: Ask): Promise<Answer> {
  try {
    const answer = await fetch(`${origin}${isPage === true ? '' : apiPrefix}${path}`, {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        'x-forwarded-for': address(),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const { status } = answer
    const requestId = answer.headers.get('x-request-id') ?? undefined
    // Only a complete body counts as an answer.
    const text = await answer.text()
    const kind = status < 400 ? 'ok' : status < 500 ? 'fail' : 'info'
    return { kind, status, requestId, body: text === '' ? undefined : JSON.parse(text) }
  } catch (error) {
    return { kind: wasSent(error) ? 'info' : 'fail' }
  }
}

/** A refused connection is the only network failure after which the request certainly had no effect. */
function wasSent(error: unknown): boolean {
  return ((error as Error).cause as NodeJS.ErrnoException | undefined)?.code !== 'ECONNREFUSED'
}

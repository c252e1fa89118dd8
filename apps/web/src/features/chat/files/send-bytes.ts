/** A request whose body is a file or a part of one. `fetch` does not report upload progress; this does. */
import { ConnectionError, problemOf } from '@octet/client'

/**
 * After this long without progress the connection counts as dead. The server needs some time for a picture after its
 * last byte.
 */
const stallMs = 60_000

export interface Bytes {
  readonly method: 'POST' | 'PATCH'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body: Blob
  readonly signal: AbortSignal
  readonly onSent: (sentBytes: number) => void
}

/** Ends the request when it makes no progress or is aborted. */
function watch(request: XMLHttpRequest, signal: AbortSignal) {
  let isStalled = false
  let timer: ReturnType<typeof setTimeout> | undefined
  const stop = () => request.abort()
  const moved = () => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      isStalled = true
      stop()
    }, stallMs)
  }
  signal.addEventListener('abort', stop)
  request.addEventListener('loadend', () => {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  })
  moved()
  return { moved, reason: () => (isStalled ? new ConnectionError('timeout', undefined) : signal.reason) }
}

async function answerOf(request: XMLHttpRequest): Promise<unknown> {
  const { status, responseText } = request
  if (status >= 200 && status < 300) return JSON.parse(responseText) as unknown
  const headers = { 'x-request-id': request.getResponseHeader('x-request-id') ?? '' }
  throw await problemOf(new Response(responseText, { status, headers }))
}

/** Resolves with the answer; throws `ApiProblem`, `ConnectionError`, or the signal's reason. */
export function sendBytes({ method, path, headers = {}, body, signal, onSent }: Bytes): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>()
  if (signal.aborted) return Promise.reject(signal.reason)
  const request = new XMLHttpRequest()
  const { moved, reason } = watch(request, signal)
  request.upload.addEventListener('progress', ({ loaded }) => {
    moved()
    onSent(loaded)
  })
  request.addEventListener('load', () => answerOf(request).then(resolve, reject))
  request.addEventListener('error', event => reject(new ConnectionError('unreachable', event)))
  request.addEventListener('abort', () => reject(reason()))
  request.open(method, path)
  request.setRequestHeader('accept', 'application/json')
  request.setRequestHeader('content-type', 'application/octet-stream')
  for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
  request.send(body)
  return promise
}

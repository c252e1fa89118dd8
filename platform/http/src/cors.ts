/**
 * Access for pages of other origins (CORS, https://fetch.spec.whatwg.org/#http-cors-protocol). Only configured origins
 * may read answers, and only a bearer token authenticates a user there. Cookies of such requests are ignored, and their
 * answers set no cookies. `Access-Control-Allow-Credentials` is never sent.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { headerOf } from './fast-path.ts'
import type { HttpOptions } from './options.ts'

/** Browsers repeat a preflight after this time; Chromium allows at most two hours. */
const preflightSeconds = 7_200

const requestHeaders = [
  ...['authorization', 'content-type', 'idempotency-key', 'if-match', 'if-none-match', 'last-event-id', 'range'],
  ...['traceparent', 'upload-offset', 'x-request-id'],
].join(', ')
const methods = 'GET, HEAD, POST, PUT, PATCH, DELETE'
const exposedHeaders = [
  ...['content-disposition', 'content-range', 'etag', 'location', 'ratelimit-limit', 'ratelimit-remaining'],
  ...['ratelimit-reset', 'retry-after', 'upload-offset', 'x-request-id'],
].join(', ')

type Asked = Pick<IncomingMessage, 'headers'>
type Origins = Pick<HttpOptions, 'allowedOrigins'>

/** The configured other origin of the request, if it has one. */
export function foreignOriginOf({ headers }: Asked, { allowedOrigins }: Origins): string | undefined {
  const { origin } = headers
  return origin !== undefined && allowedOrigins.includes(origin) ? origin : undefined
}

/** The headers that let the page read the answer: name, value, name, value …; empty for other pages. */
export function corsHeaders(request: IncomingMessage, options: Origins): string[] {
  if (options.allowedOrigins.length === 0) return []
  const origin = headerOf(request, 'origin')
  if (origin === undefined || !options.allowedOrigins.includes(origin)) return ['vary', 'Origin']
  return [
    ...['access-control-allow-origin', origin, 'access-control-expose-headers', exposedHeaders],
    ...['vary', 'Origin'],
  ]
}

/** Answers a preflight of a configured origin. Returns false, without side effects, for every other request. */
export function takePreflight(request: IncomingMessage, response: ServerResponse, options: Origins): boolean {
  if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return false
  const origin = foreignOriginOf(request, options)
  if (origin === undefined) return false
  response.writeHead(204, {
    'access-control-allow-origin': origin,
    'access-control-allow-methods': methods,
    'access-control-allow-headers': requestHeaders,
    'access-control-max-age': String(preflightSeconds),
    vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
  })
  response.end()
  return true
}

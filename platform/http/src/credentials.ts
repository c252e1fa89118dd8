/** Reads the credential of a request, and checks that no other site made the browser send it. */
import type { IncomingMessage } from 'node:http'
import { type Credential, commonProblem } from '@octet/contracts'
import type { FastifyRequest } from 'fastify'
import { foreignOriginOf } from './cors.ts'
import type { HttpOptions } from './options.ts'

const none: Credential = { kind: 'none' }
const tokenBytesMax = 4096

/**
 * The name of the session cookie. With `__Host-`, browsers insist on Secure, this host and path `/`. On plain http
 * (loopback only) some browsers refuse Secure cookies, so the name has no prefix there.
 */
export function sessionCookieName(origin: string): string {
  return origin.startsWith('https://') ? '__Host-oct' : 'oct'
}

/**
 * Reads one credential per request. With an `Authorization` header, or on a page of another origin, the cookie is
 * ignored.
 * @throws `unauthenticated` when the header is not a bearer token.
 */
export function credentialOf(
  request: Pick<IncomingMessage, 'headers'>,
  options: Pick<HttpOptions, 'cookieName' | 'allowedOrigins'>,
): Credential {
  const { authorization, cookie } = request.headers
  if (authorization !== undefined) {
    const token = /^Bearer ([A-Za-z0-9._~+/=-]+)$/i.exec(authorization)?.[1]
    if (token === undefined || token.length > tokenBytesMax) {
      throw commonProblem('unauthenticated', { detail: 'The Authorization header is not a bearer token.' })
    }
    return { kind: 'bearer', token }
  }
  if (cookie === undefined || foreignOriginOf(request, options) !== undefined) return none
  const value = cookieValue(cookie, options.cookieName)
  return value === undefined ? none : { kind: 'cookie', value }
}

function cookieValue(header: string, name: string): string | undefined {
  for (const part of header.split(';')) {
    const equals = part.indexOf('=')
    if (part.slice(0, equals).trim() === name) return part.slice(equals + 1).trim()
  }
  return undefined
}

/** What a request of a configured other origin may do without a token. */
export type ForeignAccess = 'bearer-only' | 'anonymous-too'

/**
 * Refuses a state-changing request that another site made the browser send. `Sec-Fetch-Site` decides; if an old browser
 * omits it, `Origin` must be ours. Another site cannot send a bearer token, so requests with one pass. Source: OWASP
 * CSRF cheat sheet, "Fetch Metadata"; same order as ASP.NET's antiforgery.
 */
export function refuseCrossSite(
  request: FastifyRequest,
  credential: Credential,
  options: Pick<HttpOptions, 'origin' | 'allowedOrigins'>,
  foreign: ForeignAccess,
): void {
  if (credential.kind === 'bearer' || request.method === 'GET' || request.method === 'HEAD') return
  if (foreignOriginOf(request, options) !== undefined) {
    if (credential.kind === 'none' && foreign === 'anonymous-too') return
    throw commonProblem('forbidden', { detail: 'Pages of another origin need a bearer token here.' })
  }
  const site = request.headers['sec-fetch-site']
  if (site === 'same-origin' || site === 'none') return
  const sameOrigin = site === undefined && request.headers.origin === options.origin
  const notABrowser = site === undefined && request.headers.origin === undefined && credential.kind === 'none'
  if (sameOrigin || notABrowser) return
  throw commonProblem('forbidden', { detail: 'This request came from another site.' })
}

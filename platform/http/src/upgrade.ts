/**
 * WebSockets on the same port. A browser lets any page open a socket to any host and sends that host's cookie along. So
 * the page's origin is checked first (OWASP ASVS 4.4.2).
 */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Credential } from '@octet/contracts'
import { asProblem } from '@octet/kernel'
import { addressKey, clientAddress } from './address.ts'
import { foreignOriginOf } from './cors.ts'
import { credentialOf } from './credentials.ts'
import type { HttpOptions } from './options.ts'

export interface UpgradeRoute {
  /** An exact path, or a path that ends with a slash and covers everything below it. */
  readonly path: string
  /** Takes over the socket. The credential has been read but not verified. */
  accept(asked: UpgradeRequest): void
}

export interface UpgradeRequest {
  readonly request: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
  readonly credential: Credential
  readonly address: string
  /** The address for rate limits. */
  readonly addressKey: string
}

export type UpgradeOptions = Pick<HttpOptions, 'origin' | 'allowedOrigins' | 'cookieName' | 'trustedProxies'>

interface Upgrade {
  readonly request: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
}

/** Whether the request is for one of the routes; every other upgrade request gets an ordinary answer. */
export function isUpgrade(routes: readonly UpgradeRoute[], request: IncomingMessage): boolean {
  return /^websocket$/i.test(request.headers.upgrade ?? '') && routeFor(routes, request) !== undefined
}

/** Passes the socket to its route, or refuses it. */
export function takeUpgrade(
  routes: readonly UpgradeRoute[],
  options: UpgradeOptions,
  { request, socket, head }: Upgrade,
): void {
  const route = routeFor(routes, request)
  if (route === undefined) {
    refuse(socket, '404 Not Found')
    return
  }
  if (!isOwnPage(request, options.origin) && foreignOriginOf(request, options) === undefined) {
    refuse(socket, '403 Forbidden')
    return
  }
  socket.on('error', () => socket.destroy()) // until its new owner listens
  try {
    const address = clientAddress(request, options.trustedProxies)
    const credential = credentialOf(request, options)
    route.accept({ request, socket, head, credential, address, addressKey: addressKey(address) })
  } catch (error) {
    refuse(socket, `${asProblem(error).status} Refused`)
  }
}

function routeFor(routes: readonly UpgradeRoute[], { url = '' }: IncomingMessage): UpgradeRoute | undefined {
  const path = url.split('?')[0] as string
  return routes.find(route => (route.path.endsWith('/') ? path.startsWith(route.path) : path === route.path))
}

/** Only browsers send an origin, and they always do. */
function isOwnPage({ headers }: IncomingMessage, origin: string): boolean {
  return headers.origin === undefined || headers.origin === origin || headers['sec-fetch-site'] === 'same-origin'
}

function refuse(socket: Duplex, status: string): void {
  socket.on('error', () => undefined) // the socket is closing anyway
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
}

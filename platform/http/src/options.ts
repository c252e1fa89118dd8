/** The options of an app. */
import type { Limiter } from '@octet/cache'
import type { Authenticate } from '@octet/contracts'
import type { HttpMetrics, Log, Tracer } from '@octet/observe'

export interface HttpOptions {
  readonly log: Log
  readonly metrics: HttpMetrics
  readonly tracer: Tracer
  readonly limiter: Limiter
  readonly authenticate: Authenticate
  readonly origin: string
  /** Origins of other front ends, whose pages may call with bearer tokens. */
  readonly allowedOrigins: readonly string[]
  readonly cookieName: string
  /** How many proxies in front are trusted for `X-Forwarded-For`; 0 ignores the header. */
  readonly trustedProxies: number
  /** Tests shorten these limits. */
  readonly timeouts?: Partial<ConnectionTimeouts>
}

export interface ConnectionTimeouts {
  /** The limit for the headers of a request. */
  readonly headersMs: number
  /** The limit for a whole request with its body. */
  readonly requestMs: number
  /** The idle time between two requests. */
  readonly keepAliveMs: number
  /** A client that reads nothing of its answer for this long is disconnected. */
  readonly stalledMs: number
  /** How often the first two are checked. With Node's default of 30 s, a slow sender could exceed them by as much. */
  readonly checkEveryMs: number
}

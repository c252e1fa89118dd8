/** What an app is made with. */
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
  /** Number of proxies in front whose `X-Forwarded-For` is believed; 0: the header is ignored. */
  readonly trustedProxies: number
  /** Tests shorten them. */
  readonly timeouts?: Partial<ConnectionTimeouts>
}

export interface ConnectionTimeouts {
  /** For the headers of a request. */
  readonly headersMs: number
  /** For a whole request with its body. */
  readonly requestMs: number
  /** Between two requests. */
  readonly keepAliveMs: number
  /** A reader that takes nothing of its answer for this long is cut off. */
  readonly stalledMs: number
  /** How often the first two are checked. Node's default of 30 s lets a slow sender exceed them by as much. */
  readonly checkEveryMs: number
}

/** The metrics of every HTTP server: requests by route template and status class, and their duration. */
import type { Metrics } from './metrics.ts'
import type { Counter, Histogram } from './series.ts'

export interface HttpMetrics {
  /**
   * One finished request. `route` is the template (`/api/v1/links/:id`), never the path, and `unmatched` when no route
   * matched: clients must not be able to create series by requesting new paths. `durationMs` is in milliseconds.
   */
  observe(method: string, route: string, statusCode: number, durationMs: number): void
}

interface RouteSeries {
  readonly requests: Counter
  readonly duration: Histogram
}

const unmatched = 'unmatched'
const routesMax = 1_000
const statusClasses = ['other', '1xx', '2xx', '3xx', '4xx', '5xx'] as const

/** Registers `octet_http_requests_total` and `octet_http_request_duration_seconds`. Call it once per registry. */
export function observeHttp(metrics: Metrics): HttpMetrics {
  const labels = ['method', 'route', 'status'] as const
  const seriesMax = routesMax * statusClasses.length
  const requests = metrics.counter({
    name: 'octet_http_requests_total',
    help: 'Requests answered.',
    labels,
    seriesMax,
  })
  const durations = metrics.histogram({
    name: 'octet_http_request_duration_seconds',
    help: 'Time from the first byte of the request to the end of the response.',
    labels,
    seriesMax,
  })
  // The key is two strings that the router already holds and an index: no label object, no hashing.
  const bound = new Map<string, Map<string, RouteSeries[]>>()

  /** Clients can send any method to an unknown path, so the method says nothing there. */
  function bind(method: string, route: string, status: number): RouteSeries {
    const isMatched = route !== unmatched && (bound.has(route) || bound.size < routesMax)
    const values = {
      method: isMatched ? method : 'any',
      route: isMatched ? route : unmatched,
      status: statusClasses[status]!,
    }
    const series = { requests: requests.with(values), duration: durations.with(values) }
    const byMethod = bound.get(values.route) ?? new Map<string, RouteSeries[]>()
    const byStatus = byMethod.get(values.method) ?? []
    byStatus[status] = series
    bound.set(values.route, byMethod.set(values.method, byStatus))
    return series
  }

  return {
    observe(method, route, statusCode, durationMs) {
      const status = statusCode >= 100 && statusCode < 600 ? Math.trunc(statusCode / 100) : 0
      const series = bound.get(route)?.get(method)?.[status] ?? bind(method, route, status)
      series.requests.add()
      series.duration.observe(durationMs / 1000)
    },
  }
}

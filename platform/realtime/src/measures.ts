/** The metrics of live connections. */
import type { Counter, Metrics } from '@octet/observe'

export interface Measures {
  readonly framesIn: Counter
  readonly sends: Counter
  readonly refused: Counter
  readonly dropped: Counter
  readonly slow: Counter
  readonly resumed: Counter
  readonly reset: Counter
  closed(code: number): void
}

export interface Gauges {
  readonly connections: () => number
  readonly streams: () => number
  readonly delivered: () => number
  readonly isMuted: () => boolean
}

/** Registers the series of platform/realtime. */
export function createMeasures(metrics: Metrics, gauges: Gauges): Measures {
  const gauge = (name: string, help: string, read: () => number) => {
    metrics.readGauge({ name: `octet_realtime_${name}`, help, read })
  }
  gauge('connections', 'Open sockets of signed-in callers.', gauges.connections)
  gauge('streams', 'Durable streams with subscribers in this process.', gauges.streams)
  gauge('delivered', 'Live events sent to subscribers since the start, counted once per subscriber.', gauges.delivered)
  gauge('muted', '1 while revocations cannot be read and nothing is delivered.', () => Number(gauges.isMuted()))
  const counter = (name: string, help: string) => {
    return metrics.counter({ name: `octet_realtime_${name}_total`, help }).with()
  }
  const closed = metrics.counter({
    name: 'octet_realtime_closed_total',
    help: 'Sockets closed, by code.',
    labels: ['code'],
  })
  return {
    framesIn: counter('frames', 'Frames from clients.'),
    sends: counter('sends', 'Commands executed for clients.'),
    refused: counter('refused', 'Frames refused over a rate limit.'),
    dropped: counter('dropped', 'Ephemeral frames dropped for slow readers.'),
    slow: counter('slow', 'Sockets closed because their reader stalled.'),
    resumed: counter('resumed', 'Subscriptions that resumed from their position.'),
    reset: counter('reset', 'Subscriptions whose position was invalid.'),
    closed: code => closed.with({ code: String(code) }).add(),
  }
}

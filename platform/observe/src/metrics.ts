/** The content of `GET /metrics`: our own series, and the process metrics of prom-client. */
import assert from 'node:assert/strict'
import { collectDefaultMetrics, Registry } from 'prom-client'
import {
  type Counter,
  counterFamily,
  type Family,
  type Gauge,
  gaugeFamily,
  type Histogram,
  histogramFamily,
  type Printable,
  readGauge,
  type SeriesOptions,
} from './series.ts'

export interface Metrics {
  /** Names end in `_total`. Like the others, it throws when the name is taken or invalid. */
  counter<const L extends string = never>(options: SeriesOptions<L>): Family<Counter, L>
  gauge<const L extends string = never>(options: SeriesOptions<L>): Family<Gauge, L>
  /** Names end in the unit: `_seconds`, `_bytes`. The default buckets suit durations in seconds. */
  histogram<const L extends string = never>(
    options: SeriesOptions<L> & { readonly buckets?: readonly number[] },
  ): Family<Histogram, L>
  /** A gauge that reads its value at each scrape; `read` must be synchronous and fast. */
  readGauge(options: { readonly name: string; readonly help: string; readonly read: () => number }): void
  /**
   * The exposition in Prometheus text format 0.0.4. It is built at most once per `cacheMs`, however many clients ask.
   */
  text(): Promise<string>
  readonly contentType: string
}

export interface MetricsOptions {
  /** CPU, heap, garbage collection, file descriptors and event loop lag of this process. */
  readonly processMetrics?: boolean
  readonly cacheMs?: number
  readonly now?: () => number
}

/** Creates an independent registry: two in one process share nothing. */
export function createMetrics(options: MetricsOptions = {}): Metrics {
  const { processMetrics = true, cacheMs = 1_000, now = () => performance.now() } = options
  const registry = new Registry()
  if (processMetrics) collectDefaultMetrics({ register: registry })
  const printables = new Map<string, { print(): string }>()

  function register<F>({ family, name, print }: Printable<F>): F {
    assert(!printables.has(name) && !registry.getSingleMetric(name), `the metric ${name} already exists`)
    printables.set(name, { print })
    return family
  }

  async function print(): Promise<string> {
    const ofProcess = processMetrics ? await registry.metrics() : ''
    let ours = ''
    for (const printable of printables.values()) ours += printable.print()
    return ours + ofProcess
  }

  let latest: { text: Promise<string>; untilMs: number } | undefined
  function text(): Promise<string> {
    if (!latest || now() >= latest.untilMs) latest = { text: print(), untilMs: now() + cacheMs }
    return latest.text
  }

  return {
    counter: options => register(counterFamily(options)),
    gauge: options => register(gaugeFamily(options)),
    histogram: ({ buckets, ...options }) => register(histogramFamily(options, buckets)),
    readGauge: options => register(readGauge(options)),
    text,
    contentType: registry.contentType,
  }
}

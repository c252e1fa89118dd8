/** The content of `GET /metrics`: our own series, and the process metrics of prom-client. */
import assert from 'node:assert/strict'
import { collectDefaultMetrics, Registry } from 'prom-client'
import { type CacheStats, createCacheMetrics } from './cache-metrics.ts'
import { createRefreshers } from './refreshers.ts'
import {
  type Counter,
  counterFamily,
  type Family,
  type Gauge,
  gaugeFamily,
  type Histogram,
  histogramFamily,
  type Printable,
  type ReadFamilyOptions,
  readFamily,
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
  /** A counter or gauge with one label that reads its values at each scrape. A label value that is gone disappears. */
  readFamily(options: ReadFamilyOptions): void
  /** Adds a cache to `octet_cache_hits_total` and `octet_cache_misses_total`; a later one of that name replaces it. */
  observeCache(name: string, stats: CacheStats): void
  /** Called before each exposition to refresh what needs a query: see {@link createRefreshers}. */
  beforeText(refresh: () => Promise<void>): void
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

  const caches = createCacheMetrics(options => register(readFamily(options)))
  const refreshers = createRefreshers()

  async function print(): Promise<string> {
    await refreshers.run()
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
    readFamily: options => register(readFamily(options)),
    observeCache: caches.add,
    beforeText: refreshers.add,
    text,
    contentType: registry.contentType,
  }
}

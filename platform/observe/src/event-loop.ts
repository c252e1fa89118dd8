/** How late this process is: the first number to look at when everything is slow at once. */
import { type IntervalHistogram, monitorEventLoopDelay, performance } from 'node:perf_hooks'
import type { Metrics } from './metrics.ts'

export interface EventLoopMonitor {
  /** Delay over the last finished window, in milliseconds; 0 before the first. For shedding load. */
  delayP99Ms(): number
  /** Share of the last finished window in which the loop was busy, 0 to 1. */
  utilization(): number
  /** Ends the current window now. The timer does it; tests need not wait. */
  sample(): void
  close(): void
}

const resolutionMs = 10

/**
 * Watches the event loop in windows of `windowMs`, so that several scrapers see the same numbers (prom-client's own
 * lag gauges start over at every scrape). Registers `octet_event_loop_delay_p50|p99|max_seconds` and
 * `octet_event_loop_utilization_ratio`.
 */
export function monitorEventLoop(metrics: Metrics, windowMs = 5_000): EventLoopMonitor {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs })
  histogram.enable()
  let utilizationBefore = performance.eventLoopUtilization()
  let latest = { p50Ms: 0, p99Ms: 0, maxMs: 0, utilization: 0 }

  function sample(): void {
    const utilizationNow = performance.eventLoopUtilization()
    latest = {
      p50Ms: delayMs(histogram.percentile(50), histogram),
      p99Ms: delayMs(histogram.percentile(99), histogram),
      maxMs: delayMs(histogram.max, histogram),
      utilization: performance.eventLoopUtilization(utilizationNow, utilizationBefore).utilization,
    }
    utilizationBefore = utilizationNow
    histogram.reset()
  }

  const timer = setInterval(sample, windowMs).unref()
  const delay = (name: string, read: () => number) =>
    metrics.readGauge({
      name: `octet_event_loop_delay_${name}_seconds`,
      help: `How late timers ran in the last ${windowMs / 1000} s (${name}).`,
      read: () => read() / 1000,
    })
  delay('p50', () => latest.p50Ms)
  delay('p99', () => latest.p99Ms)
  delay('max', () => latest.maxMs)
  metrics.readGauge({
    name: 'octet_event_loop_utilization_ratio',
    help: `Share of the last ${windowMs / 1000} s in which the event loop was busy.`,
    read: () => latest.utilization,
  })

  return {
    delayP99Ms: () => latest.p99Ms,
    utilization: () => latest.utilization,
    sample,
    close() {
      clearInterval(timer)
      histogram.disable()
    },
  }
}

/** Node records the whole interval between two ticks of its timer; what exceeds the interval asked for is the delay. */
function delayMs(intervalNs: number, histogram: IntervalHistogram): number {
  return histogram.count === 0 ? 0 : Math.max(0, intervalNs / 1e6 - resolutionMs)
}

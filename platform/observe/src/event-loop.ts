/**
 * How late this process runs its timers: the first number to check when everything is slow at once. It uses its own
 * timer. Node's `monitorEventLoopDelay` must be reset for each window, and after a reset it misses a delay that begins
 * at once. On Node 24.21 a block of 100 ms left no trace. A histogram that only grows needs no windows.
 */
import { performance } from 'node:perf_hooks'
import type { Metrics } from './metrics.ts'

const tickMs = 20
/** A laptop that slept for an hour counts as one long delay, not as 180,000 samples. */
const samplesPerDelayMax = 500
const delayBuckets = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5] as const

/**
 * Registers `octet_event_loop_delay_seconds` (how late a timer fires, sampled 50 times a second) and
 * `octet_event_loop_busy_seconds_total` (its rate is the utilization, 0 to 1). The timer does not keep the process
 * alive.
 */
export function monitorEventLoop(metrics: Metrics): { close(): void } {
  const delays = metrics
    .histogram({ name: 'octet_event_loop_delay_seconds', help: 'How late timers fire.', buckets: delayBuckets })
    .with()
  const busy = metrics
    .counter({ name: 'octet_event_loop_busy_seconds_total', help: 'Time the event loop was not waiting.' })
    .with()
  let lastMs = performance.now()
  let lastBusyMs = performance.eventLoopUtilization().active

  function tick(): void {
    const nowMs = performance.now()
    recordDelay(nowMs - lastMs - tickMs)
    lastMs = nowMs
    const busyMs = performance.eventLoopUtilization().active
    busy.add(Math.max(0, busyMs - lastBusyMs) / 1000)
    lastBusyMs = busyMs
  }

  /** Ticks lost during a delay count too; otherwise a full second of delay would weigh as little as a millisecond. */
  function recordDelay(delayMs: number): void {
    delays.observe(Math.max(0, delayMs) / 1000)
    const swallowed = Math.min(samplesPerDelayMax, Math.floor(delayMs / tickMs))
    for (let i = 1; i <= swallowed; i++) delays.observe((delayMs - i * tickMs) / 1000)
  }

  const timer = setInterval(tick, tickMs).unref()
  return { close: () => clearInterval(timer) }
}

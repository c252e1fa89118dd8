/** The latencies that a load generator measured. Pure. */

export interface LatencySummary {
  readonly count: number
  readonly p50Ms: number
  readonly p90Ms: number
  readonly p99Ms: number
  readonly p999Ms: number
  readonly maxMs: number
}

/**
 * The smallest value that at least `share` of all values do not exceed (nearest rank). `sorted` ascends; NaN when it
 * is empty.
 */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  const rank = Math.ceil(share * sorted.length)
  return sorted[Math.max(0, rank - 1)] ?? Number.NaN
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  if (sorted.length % 2 === 1) return sorted[middle] as number
  return ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2
}

export interface LatencyRecorder {
  record(ms: number): void
  summary(): LatencySummary
}

const firstRoom = 1 << 16

/** Keeps every value (8 bytes each), so that no bucket rounds the tail. */
export function latencyRecorder(): LatencyRecorder {
  let values = new Float64Array(firstRoom)
  let count = 0
  return {
    record(ms) {
      if (count === values.length) {
        const larger = new Float64Array(values.length * 2)
        larger.set(values)
        values = larger
      }
      values[count++] = ms
    },
    summary() {
      const sorted = values.slice(0, count).sort()
      return {
        count,
        p50Ms: percentile(sorted, 0.5),
        p90Ms: percentile(sorted, 0.9),
        p99Ms: percentile(sorted, 0.99),
        p999Ms: percentile(sorted, 0.999),
        maxMs: percentile(sorted, 1),
      }
    },
  }
}

/**
 * When the requests of an open loop are due: request i at i / rate. Each call returns a request that has become due
 * since; each is returned once.
 */
export function schedule(perSecond: number, durationMs: number) {
  const total = Math.floor((perSecond * durationMs) / 1000)
  let given = 0
  return {
    total,
    /** Milliseconds after the start. */
    dueMs: (index: number) => (index * 1000) / perSecond,
    /** The next request that is due `elapsedMs` after the start, or -1. */
    next(elapsedMs: number): number {
      if (given === total || (given * 1000) / perSecond > elapsedMs) return -1
      return given++
    },
    isExhausted: () => given === total,
  }
}

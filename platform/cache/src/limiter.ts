/** Rate limits in this process's memory. */

export interface Verdict {
  readonly allowed: boolean
  readonly limit: number
  readonly remaining: number
  /** Milliseconds until the full allowance is back; when refused, until the next request may pass. */
  readonly resetMs: number
}

export interface Limiter {
  /** Counts one request of `key` against `max` per `windowMs`. */
  take(key: string, max: number, windowMs: number): Verdict
}

/**
 * GCRA (ITU-T I.371, the "virtual scheduling" form): one number per key, the time at which the allowance would be whole
 * again. Allows a burst of `max`, then one request per `windowMs / max`. At most `keysMax` keys are kept; the ones idle
 * longest are forgotten first, which can only be in a client's favour.
 */
export function createLimiter(now: () => number = Date.now, keysMax = 100_000): Limiter {
  const wholeAtMs = new Map<string, number>()
  return {
    take(key, max, windowMs) {
      const nowMs = now()
      const costMs = windowMs / max
      const startMs = Math.max(wholeAtMs.get(key) ?? 0, nowMs)
      const nextMs = startMs + costMs
      if (nextMs - nowMs > windowMs) {
        return { allowed: false, limit: max, remaining: 0, resetMs: nextMs - nowMs - windowMs }
      }
      wholeAtMs.delete(key) // re-inserted at the end: Map order is idle order
      wholeAtMs.set(key, nextMs)
      if (wholeAtMs.size > keysMax) wholeAtMs.delete(wholeAtMs.keys().next().value as string)
      return {
        allowed: true,
        limit: max,
        remaining: Math.floor((windowMs - (nextMs - nowMs)) / costMs),
        resetMs: nextMs - nowMs,
      }
    },
  }
}

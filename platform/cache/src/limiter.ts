/** Rate limits in this process's memory. */

export interface Verdict {
  readonly allowed: boolean
  readonly limit: number
  readonly remaining: number
  /** Milliseconds until the full allowance is back; when refused, until the same request may pass. */
  readonly resetMs: number
}

/** A request to count: `count` (default 1) of `key`, which allows `max` per `windowMs`. All pass or all are refused. */
export interface Taking {
  readonly key: string
  readonly max: number
  readonly windowMs: number
  readonly count?: number
}

export interface Limiter {
  /**
   * Counts one request of `key` against `max` per `windowMs`, in this process only and synchronously. For flood limits.
   */
  take(key: string, max: number, windowMs: number): Verdict
  /** Counts over all processes when they share Redis, else in this one. Never rejects. */
  takeShared(taking: Taking): Promise<Verdict>
}

/** A limiter whose keys other processes may have used as well. */
export interface LocalLimiter extends Limiter {
  /** As `take`, for as many of the requests as fit. */
  takeHere(taking: Taking): Verdict
  /** The decision of `takeHere`, without counting. */
  peek(taking: Taking): Verdict
  /** Milliseconds until the key's full allowance is back. */
  aheadMs(key: string): number
  /** Learns from another process that the allowance is not back before then, by this limiter's clock. */
  see(key: string, wholeAtMs: number): void
}

/** Share of one request's cost that rounding may add by the time an allowance is used up. */
export const toleranceOfCost = 0.001

/**
 * GCRA (ITU-T I.371, the "virtual scheduling" form): one number per key, the time at which its full allowance is back.
 * Allows a burst of `max`, then one request per `windowMs / max`. Keeps at most `keysMax` keys; the longest idle ones
 * are dropped first, which can only favour the client.
 */
export function createLimiter(now: () => number = Date.now, keysMax = 100_000): LocalLimiter {
  const wholeAtMs = new Map<string, number>()
  const see = (key: string, atMs: number) => {
    if ((wholeAtMs.get(key) ?? 0) >= atMs) return
    wholeAtMs.delete(key) // Re-inserted at the end: Map order is idle order.
    wholeAtMs.set(key, atMs)
    if (wholeAtMs.size > keysMax) wholeAtMs.delete(wholeAtMs.keys().next().value as string)
  }
  const aheadMs = (key: string) => Math.max(0, (wholeAtMs.get(key) ?? 0) - now())
  const peek = (taking: Taking) => verdictOf(taking, aheadMs(taking.key))
  const takeHere = (taking: Taking) => {
    const verdict = peek(taking)
    if (verdict.allowed) see(taking.key, now() + verdict.resetMs)
    return verdict
  }
  return {
    take: (key, max, windowMs) => takeHere({ key, max, windowMs }),
    takeShared: async taking => takeHere(taking),
    takeHere,
    peek,
    aheadMs,
    see,
  }
}

/** Decides for an allowance that is back in `aheadMs`. */
function verdictOf({ max, windowMs, count = 1 }: Taking, aheadMs: number): Verdict {
  const costMs = windowMs / max
  // Further ahead than a window a key is only when the clock was set back.
  const afterMs = Math.min(aheadMs, windowMs) + count * costMs
  const isAllowed = afterMs <= windowMs + costMs * toleranceOfCost
  return isAllowed ? allowed({ max, windowMs, aheadMs: afterMs }) : refused({ max, aheadMs: afterMs - windowMs })
}

/** `aheadMs`: time until the allowance is back, with this request counted. */
export function allowed({ max, windowMs, aheadMs }: { max: number; windowMs: number; aheadMs: number }): Verdict {
  const remaining = Math.max(0, Math.floor((windowMs - aheadMs) / (windowMs / max) + toleranceOfCost))
  return { allowed: true, limit: max, remaining, resetMs: aheadMs }
}

/** `aheadMs`: time until the same request may pass. */
export function refused({ max, aheadMs }: { max: number; aheadMs: number }): Verdict {
  return { allowed: false, limit: max, remaining: 0, resetMs: aheadMs }
}

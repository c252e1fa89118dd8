/** Rate limits in this process's memory. */

export interface RateLimitDecision {
  readonly allowed: boolean
  readonly limit: number
  readonly remaining: number
  /** Milliseconds until the full allowance is back; when refused, until the same request may pass. */
  readonly resetMs: number
}

/** A request to count: `count` (default 1) of `key`, which allows `max` per `windowMs`. All pass or all are refused. */
export interface RateLimitRequest {
  readonly key: string
  readonly max: number
  readonly windowMs: number
  readonly count?: number
}

export interface Limiter {
  /**
   * Counts one request of `key` against `max` per `windowMs`, in this process only and synchronously. For flood limits.
   */
  take(key: string, max: number, windowMs: number): RateLimitDecision
  /** Counts over all processes when they share Redis, else in this one. Never rejects. */
  takeShared(request: RateLimitRequest): Promise<RateLimitDecision>
}

/** A limiter whose keys other processes may have used as well. */
export interface LocalLimiter extends Limiter {
  /** As `take`, for as many of the requests as fit. */
  takeHere(request: RateLimitRequest): RateLimitDecision
  /** The decision of `takeHere`, without counting. */
  peek(request: RateLimitRequest): RateLimitDecision
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
  const peek = (request: RateLimitRequest) => decide(request, aheadMs(request.key))
  const takeHere = (request: RateLimitRequest) => {
    const decision = peek(request)
    if (decision.allowed) see(request.key, now() + decision.resetMs)
    return decision
  }
  return {
    take: (key, max, windowMs) => takeHere({ key, max, windowMs }),
    takeShared: async request => takeHere(request),
    takeHere,
    peek,
    aheadMs,
    see,
  }
}

/** Decides for an allowance that is back in `aheadMs`. */
function decide({ max, windowMs, count = 1 }: RateLimitRequest, aheadMs: number): RateLimitDecision {
  const costMs = windowMs / max
  // Further ahead than a window a key is only when the clock was set back.
  const afterMs = Math.min(aheadMs, windowMs) + count * costMs
  const isAllowed = afterMs <= windowMs + costMs * toleranceOfCost
  return isAllowed ? allowed({ max, windowMs, aheadMs: afterMs }) : refused({ max, aheadMs: afterMs - windowMs })
}

/** `aheadMs`: time until the allowance is back, with this request counted. */
export function allowed({
  max,
  windowMs,
  aheadMs,
}: {
  max: number
  windowMs: number
  aheadMs: number
}): RateLimitDecision {
  const remaining = Math.max(0, Math.floor((windowMs - aheadMs) / (windowMs / max) + toleranceOfCost))
  return { allowed: true, limit: max, remaining, resetMs: aheadMs }
}

/** `aheadMs`: time until the same request may pass. */
export function refused({ max, aheadMs }: { max: number; aheadMs: number }): RateLimitDecision {
  return { allowed: false, limit: max, remaining: 0, resetMs: aheadMs }
}

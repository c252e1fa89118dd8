/** When a failed call may be sent again, and after which pause. Pure, so that every case has a test. */
import { type Operation, Problem } from '@octet/contracts'
import { ConnectionError } from './errors.ts'

/** The first pause is at most this long; each further one at most twice the one before. */
const pauseMs = 200
/** A server that asks for a longer pause is not waited for; the caller decides. */
const pauseMsMax = 10_000

export interface FailedAttempt {
  readonly operation: Pick<Operation, 'retry'>
  readonly error: unknown
  /** Attempts made so far, the failed one included. */
  readonly attempts: number
  readonly attemptsMax: number
  /** The attempt carried an idempotency key. */
  readonly hasKey: boolean
}

/**
 * Milliseconds until the next attempt; `undefined` when there must be none. A call is repeated when it changes nothing,
 * when its idempotency key makes the server act once, or when the server says it did nothing. Pauses have full jitter
 * ("Exponential Backoff And Jitter", AWS, 2015) and respect `Retry-After`.
 */
export function retryAfterMs(failed: FailedAttempt, random: () => number = Math.random): number | undefined {
  const { operation, error, attempts, attemptsMax, hasKey } = failed
  if (attempts >= attemptsMax) return undefined
  const isRepeatable = operation.retry === 'safe' || (operation.retry === 'keyed' && hasKey)
  const jitterMs = Math.round(random() * Math.min(pauseMsMax, pauseMs * 2 ** (attempts - 1)))
  if (error instanceof ConnectionError) return isRepeatable ? jitterMs : undefined
  if (!(error instanceof Problem) || !error.retryable) return undefined
  if (!isRepeatable && error.executed !== 'no') return undefined
  const waitMs = Math.max(jitterMs, error.retryAfterMs ?? 0)
  return waitMs > pauseMsMax ? undefined : waitMs
}

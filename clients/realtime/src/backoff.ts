/** How long to wait before the next attempt. */

export interface Backoff {
  readonly baseMs: number
  readonly maxMs: number
}

/**
 * All clients should be back within ten seconds of their server's return, so no pause is longer than eight. With longer
 * pauses the last ones would wait up to 30 s. An attempt without a server costs little.
 */
export const defaultBackoff: Backoff = { baseMs: 2_000, maxMs: 8_000 }

/**
 * Full jitter: between nothing and a bound that doubles with each failure, the first one included. So clients that lost
 * one server together do not reconnect together ("Exponential Backoff And Jitter", AWS, 2015).
 */
export function pauseMs(failures: number, { baseMs, maxMs }: Backoff, random: () => number): number {
  return Math.round(random() * Math.min(maxMs, baseMs * 2 ** Math.min(failures, 20)))
}

/** Timed work → use cases. */
import { expireLinks } from './expire-links.ts'

export const jobs = [
  { name: 'links.expire', when: { everyMs: 10_000 }, timeoutMs: 30_000, attemptsMax: 1, run: expireLinks },
]

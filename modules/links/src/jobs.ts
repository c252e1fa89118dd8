/** Timed work → use cases. */
import { expireLinks } from './expire-links.ts'
import { forgetVisitors } from './forget-visitors.ts'

export const jobs = [
  { name: 'links.expire', when: { everyMs: 10_000 }, timeoutMs: 30_000, attemptsMax: 1, run: expireLinks },
  {
    name: 'links.forget-visitors',
    when: { everyMs: 30 * 60_000 },
    timeoutMs: 60_000,
    attemptsMax: 1,
    run: forgetVisitors,
  },
]

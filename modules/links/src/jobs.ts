/** Jobs and schedules → use cases. */

import { job } from '@octet/jobs'
import { onJob } from '@octet/kernel'
import { recheckDomains } from './domains/recheck-domains.ts'
import { expireLinks } from './manage/expire-links.ts'
import { fetchTitle, fetchTitleJob } from './manage/fetch-title.ts'
import { retiredJobs } from './retired-jobs.ts'
import { forgetVisitors } from './statistics/forget-visitors.ts'
import { publishClicks } from './webhooks/publish-clicks.ts'

export const jobs = [
  onJob(job('links.expire'), expireLinks, { when: { everyMs: 10_000 }, timeoutMs: 30_000, attemptsMax: 1 }),
  onJob(job('links.forget-visitors'), forgetVisitors, {
    when: { everyMs: 30 * 60_000 },
    timeoutMs: 60_000,
    attemptsMax: 1,
  }),
  // One attempt: a page that does not answer has no title, and a second request could use up a one-time address.
  onJob(fetchTitleJob, fetchTitle, { timeoutMs: 20_000, attemptsMax: 1, concurrencyMax: 4 }),
  onJob(job('links.publish-clicks'), publishClicks, { when: { everyMs: 1_000 }, attemptsMax: 1 }),
  recheckDomains,
  ...retiredJobs,
]

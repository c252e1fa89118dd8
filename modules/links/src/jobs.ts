/** Jobs and schedules → use cases. */

import { mailDomainOwner, mailDomainOwnerJob } from './domains/mail-domain-owner.ts'
import { recheckDomains } from './domains/recheck-domains.ts'
import { expireLinks } from './manage/expire-links.ts'
import { fetchTitle } from './manage/fetch-title.ts'
import { fetchTitleJob } from './manage/prepare-link.ts'
import { forgetVisitors } from './statistics/forget-visitors.ts'
import { mailOwner } from './webhooks/notify-owner.ts'
import { publishClicks } from './webhooks/publish-clicks.ts'

export const jobs = [
  { name: 'links.expire', when: { everyMs: 10_000 }, timeoutMs: 30_000, attemptsMax: 1, run: expireLinks },
  {
    name: 'links.forget-visitors',
    when: { everyMs: 30 * 60_000 },
    timeoutMs: 60_000,
    attemptsMax: 1,
    run: forgetVisitors,
  },
  // One attempt: a page that does not answer has no title, and a second request could use up a one-time address.
  { name: fetchTitleJob, timeoutMs: 20_000, attemptsMax: 1, concurrencyMax: 4, run: fetchTitle },
  { name: 'links.publish-clicks', when: { everyMs: 1_000 }, attemptsMax: 1, run: publishClicks },
  { name: 'links.mail-owner', timeoutMs: 15_000, run: mailOwner },
  recheckDomains,
  { name: mailDomainOwnerJob, timeoutMs: 15_000, run: mailDomainOwner },
]

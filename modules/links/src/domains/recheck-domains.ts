import { createRecheckJob } from '@octet/domains'
import { job } from '@octet/jobs'
import type { LinksContext } from '../context.ts'
import { mailDomainOwnerJob } from './mail-domain-owner.ts'

/** Rechecks verified hosts once a day; the owner is mailed when a proof is missed and when the host is lost. */
export const recheckDomains = createRecheckJob<LinksContext>({
  job: job('links.look-at-domains'),
  onMissing: async (ctx, tx, missing) => {
    await ctx.jobs.enqueue(tx, mailDomainOwnerJob, missing)
  },
  onLost: ({ shortDomains }, host) => shortDomains.forget(host),
})

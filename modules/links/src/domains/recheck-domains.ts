import { createRecheckJob } from '@octet/domains'
import { job } from '@octet/jobs'
import type { LinksContext } from '../context.ts'
import { notifyDomainOwner } from './notify-domain-owner.ts'

/** Rechecks verified hosts once a day; the owner is notified when a proof is missed and when the host is lost. */
export const recheckDomains = createRecheckJob<LinksContext>({
  job: job('links.look-at-domains'),
  onMissing: notifyDomainOwner,
  onLost: ({ shortDomains }, host) => shortDomains.forget(host),
})

/**
 * Jobs that the release before enqueues. Its processes may still run during an upgrade, and what they enqueue must not
 * be lost: each job goes on as a notification. Delete this file one release later.
 */
import { Id } from '@octet/contracts'
import { links } from '@octet/contracts/links'
import { job } from '@octet/jobs'
import { onJob } from '@octet/kernel'
import { Type } from 'typebox'
import type { LinksContext } from './context.ts'
import { notifyDomainOwner } from './domains/notify-domain-owner.ts'
import { notifyOwner } from './webhooks/notify-owner.ts'

const mailOwnerJob = job('links.mail-owner', links.events['webhook-disabled'].data)
const mailDomainOwnerJob = job(
  'links.mail-domain-owner',
  Type.Object({ domainId: Id, ownerId: Id, missingSince: Type.String(), isLost: Type.Boolean() }),
)

export const retiredJobs = [
  onJob(mailOwnerJob, (ctx: LinksContext, disabled) =>
    ctx.db.transaction(mailOwnerJob.name, tx => notifyOwner(ctx, tx, disabled)),
  ),
  onJob(mailDomainOwnerJob, (ctx: LinksContext, missing) =>
    ctx.db.transaction(mailDomainOwnerJob.name, tx => notifyDomainOwner(ctx, tx, missing)),
  ),
]

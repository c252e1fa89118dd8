import type { LinksContext } from '../context.ts'
import { findProof } from './domain-proof.ts'
import { mailDomainOwnerJob } from './mail-domain-owner.ts'
import { proofOf } from './rules.ts'
import * as domainStore from './store.ts'

const dayMs = 86_400_000
/** Time to mend what was lost by mistake; also how long the last owner's links are answered on a host that was sold. */
const graceMs = 7 * dayMs
const batchMax = 20
const atOnce = 4

/**
 * Looks once a day whether proven hosts are still their owners': names expire, and who buys one cannot prove it while
 * the old proof stands. After a week without it the host is nobody's; its owner gets a mail at the start and at the
 * end.
 */
export async function lookAtDomains(ctx: LinksContext): Promise<void> {
  const nowMs = ctx.now()
  const [at, before] = [new Date(nowMs).toISOString(), new Date(nowMs - dayMs).toISOString()]
  const due = await domainStore.domainsToLookAt(ctx.db, { before, at, limit: batchMax })
  const lookAtRest = async () => {
    for (let domain = due.pop(); domain !== undefined; domain = due.pop()) await lookAt(ctx, domain, at)
  }
  await Promise.all(Array.from({ length: atOnce }, lookAtRest))
}

async function lookAt(ctx: LinksContext, domain: domainStore.DomainRow, at: string): Promise<void> {
  const proof = await findProof(ctx, proofOf(domain))
  if (proof === 'unknown') return
  const { id: domainId, owner_id: ownerId, missing_since: known } = domain
  if (proof === 'found') {
    if (known === null) return
    await ctx.db.transaction('links.lookAtDomains', tx =>
      domainStore.noteLook(tx, domain, { missingSince: null, isProven: true }),
    )
    return
  }
  const missingSince = known ?? at
  const isLost = Date.parse(at) - Date.parse(missingSince) >= graceMs
  if (known !== null && !isLost) return
  await ctx.db.transaction('links.lookAtDomains', async tx => {
    if (!(await domainStore.noteLook(tx, domain, { missingSince, isProven: !isLost }))) return
    await ctx.jobs.enqueue(tx, mailDomainOwnerJob, { domainId, ownerId, missingSince, isLost })
  })
  if (isLost) ctx.shortDomains.delete(domain.host)
}

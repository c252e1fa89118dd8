import type { Input } from '@octet/contracts'
import type { Domain, links } from '@octet/contracts/links'
import { uniqueViolation } from '@octet/db'
import { type LinksContext, problem } from '../context.ts'
import { accessDomain } from './access.ts'
import { findProof } from './domain-proof.ts'
import { domainOf, proofOf } from './rules.ts'
import * as domainStore from './store.ts'

/** Makes a host whose proof is found its owner's. Throws `domain-not-proven`, `domain-taken`. */
export async function verifyDomain(ctx: LinksContext, input: Input<typeof links, 'verifyDomain'>): Promise<Domain> {
  const domain = await accessDomain(ctx.db, ctx.actor, input.id)
  const proof = proofOf(domain)
  if ((await findProof(ctx, proof)) !== 'found') {
    const detail = `Neither a TXT record of ${proof.txtName} nor ${proof.fileUrl} says ${proof.value}.`
    throw problem('domain-not-proven', { detail })
  }
  const verifiedAt = new Date(ctx.now()).toISOString()
  const isOurs = await domainStore.markVerified(ctx.db, domain.id, verifiedAt).catch(error => {
    if (uniqueViolation(error) === 'domains_host_verified') return false
    throw error
  })
  if (!isOurs) throw problem('domain-taken')
  ctx.shortDomains.delete(domain.host)
  return domainOf({ ...domain, verified_at: domain.verified_at ?? verifiedAt, missing_since: null })
}

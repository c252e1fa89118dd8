import type { Input } from '@octet/contracts'
import type { Domain, links } from '@octet/contracts/links'
import { proofOf, verifyDomain as verify } from '@octet/domains'
import { type LinksContext, problem } from '../context.ts'
import { accessDomain } from './access.ts'
import { domainOf } from './rules.ts'

/** Verifies a host when the proof of the caller's claim is found. Throws `domain-not-proven`, `domain-taken`. */
export async function verifyDomain(ctx: LinksContext, input: Input<typeof links, 'verifyDomain'>): Promise<Domain> {
  const domain = await accessDomain(ctx.db, ctx.actor, input.id)
  const verifiedAt = new Date(ctx.now()).toISOString()
  const outcome = await verify(ctx, domain, verifiedAt)
  if (outcome === 'taken') throw problem('domain-taken')
  if (outcome === 'not-proven') {
    const { txtName, fileUrl, value } = proofOf(domain)
    const detail = `Neither a TXT record of ${txtName} nor ${fileUrl} says ${value}.`
    throw problem('domain-not-proven', { detail })
  }
  ctx.shortDomains.forget(domain.host)
  return domainOf({ ...domain, verified_at: domain.verified_at ?? verifiedAt, missing_since: null })
}

import type { Domain, Input, links } from '@octet/contracts'
import { uniqueViolation } from '@octet/db'
import { accessDomain } from './access.ts'
import { type LinksContext, problem } from './context.ts'
import { domainOf, proofOf } from './domain-rules.ts'
import * as domainStore from './domain-store.ts'

const lookMs = 6_000
const fileBytesMax = 1_024

/**
 * Looks for the proof in DNS, then in a file on the host. We never serve that file ourselves: a host whose DNS leads
 * here proves nothing about who of our users it belongs to. Throws `domain-not-proven`, `domain-taken`.
 */
export async function verifyDomain(ctx: LinksContext, input: Input<typeof links, 'verifyDomain'>): Promise<Domain> {
  const domain = await accessDomain(ctx.db, ctx.actor, input.id)
  const proof = proofOf(domain)
  if (!(await isInDns(ctx, proof)) && !(await isInFile(ctx, proof))) {
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
  return domainOf({ ...domain, verified_at: domain.verified_at ?? verifiedAt })
}

async function isInDns(ctx: LinksContext, proof: Domain['verification']): Promise<boolean> {
  const records = await ctx.outbound.txt(proof.txtName, { timeoutMs: lookMs }).catch((): string[] => [])
  return records.includes(proof.value)
}

async function isInFile(ctx: LinksContext, proof: Domain['verification']): Promise<boolean> {
  const request = { timeoutMs: lookMs, bodyBytesMax: fileBytesMax, truncate: true }
  const answer = await ctx.outbound.fetch(proof.fileUrl, request).catch(() => undefined)
  return answer?.status === 200 && answer.body.toString().trim() === proof.value
}

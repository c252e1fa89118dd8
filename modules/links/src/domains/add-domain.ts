import { type Input, requireUser } from '@octet/contracts'
import type { Domain, links } from '@octet/contracts/links'
import { mayBeClaimed, newProofToken, normalHost } from '@octet/domains'
import { type LinksContext, problem } from '../context.ts'
import { checkDestination } from './check-destination.ts'
import { domainOf } from './rules.ts'
import * as domainStore from './store.ts'

const domainsMax = 50

/**
 * Claims a host. A host serves nothing before it is verified, and several accounts may claim it. Throws
 * `host-not-allowed`, `domain-exists`, `url-not-allowed`, `too-many`.
 */
export async function addDomain(ctx: LinksContext, input: Input<typeof links, 'addDomain'>): Promise<Domain> {
  const { userId: ownerId } = requireUser(ctx.actor)
  const host = normalHost(input.host)
  if (host === undefined || !mayBeClaimed(host, ctx.origin)) {
    throw problem('host-not-allowed', { errors: [{ path: '/host', message: 'is not a public host name' }] })
  }
  if (input.landingUrl !== undefined) await checkDestination(ctx, input.landingUrl, '/landingUrl')
  return ctx.once('links.addDomain', async tx => {
    if ((await domainStore.listDomains(tx, ownerId)).length >= domainsMax) {
      throw problem('too-many', { detail: `There may be ${domainsMax} hosts.` })
    }
    const row = await domainStore.insertDomain(tx, {
      ownerId,
      host,
      landingUrl: input.landingUrl ?? null,
      token: newProofToken(),
      at: new Date(ctx.now()).toISOString(),
    })
    if (row === undefined) throw problem('domain-exists')
    return domainOf(row)
  })
}

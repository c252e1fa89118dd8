import type { Input } from '@octet/contracts'
import type { Domain, links } from '@octet/contracts/links'
import type { LinksContext } from '../context.ts'
import { accessDomain } from './access.ts'
import { checkDestination } from './check-destination.ts'
import { domainOf } from './rules.ts'
import * as domainStore from './store.ts'

/** Sets the landing address of a host. */
export async function updateDomain(ctx: LinksContext, input: Input<typeof links, 'updateDomain'>): Promise<Domain> {
  const domain = await accessDomain(ctx.db, ctx.actor, input.id)
  if (input.landingUrl !== null) await checkDestination(ctx, input.landingUrl, '/landingUrl')
  await domainStore.setLanding(ctx.db, domain.id, input.landingUrl)
  ctx.shortDomains.forget(domain.host)
  return domainOf({ ...domain, landing_url: input.landingUrl })
}

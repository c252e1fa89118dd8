import type { Input } from '@octet/contracts'
import type { links } from '@octet/contracts/links'
import { type LinksContext, problem } from '../context.ts'
import { accessDomain } from './access.ts'
import * as domainStore from './store.ts'

/** Removes a host. Throws `domain-in-use` while it has links. */
export async function removeDomain(ctx: LinksContext, input: Input<typeof links, 'removeDomain'>): Promise<object> {
  const domain = await accessDomain(ctx.db, ctx.actor, input.id)
  if (!(await domainStore.deleteDomain(ctx.db, domain.id))) {
    throw problem('domain-in-use', { detail: `${domain.links} links are on ${domain.host}; delete them first.` })
  }
  ctx.shortDomains.forget(domain.host)
  return {}
}

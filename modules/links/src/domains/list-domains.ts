import { type Input, type Output, requireUser } from '@octet/contracts'
import type { links } from '@octet/contracts/links'
import type { LinksContext } from '../context.ts'
import { domainOf } from './rules.ts'
import * as domainStore from './store.ts'

/** The caller's hosts by name. */
export async function listDomains(
  ctx: LinksContext,
  _input: Input<typeof links, 'listDomains'>,
): Promise<Output<typeof links, 'listDomains'>> {
  const { userId } = requireUser(ctx.actor)
  return { data: (await domainStore.listDomains(ctx.db, userId)).map(domainOf) }
}

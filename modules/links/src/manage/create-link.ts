import type { Input } from '@octet/contracts'
import type { Link, links } from '@octet/contracts/links'
import type { LinksContext } from '../context.ts'
import { targetKey } from './codes.ts'
import { addLink, prepareLink } from './prepare-link.ts'

/**
 * Shortens an address. A signed-in caller owns the link. Publishes `link-created`. Throws what `prepareLink` and
 * `addLink` throw.
 */
export async function createLink(ctx: LinksContext, input: Input<typeof links, 'createLink'>): Promise<Link> {
  const prepared = await prepareLink(ctx, input)
  const { link, domainId } = await ctx.once('links.createLink', tx => addLink(ctx, tx, prepared))
  ctx.targets.delete(targetKey(link.code, domainId)) // The code may be cached as unknown.
  return link
}

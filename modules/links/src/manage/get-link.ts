import type { Input } from '@octet/contracts'
import type { Link, links } from '@octet/contracts/links'
import type { LinksContext } from '../context.ts'
import { accessLink } from './access.ts'
import { linkOf } from './rules.ts'

/** One of the caller's links. */
export async function getLink(ctx: LinksContext, input: Input<typeof links, 'getLink'>): Promise<Link> {
  return linkOf(await accessLink(ctx.db, ctx.actor, input.id), ctx.origin)
}

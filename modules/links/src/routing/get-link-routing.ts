import type { Input } from '@octet/contracts'
import type { LinkRouting, links, Routing } from '@octet/contracts/links'
import type { LinksContext } from '../context.ts'
import { accessLink } from '../manage/access.ts'
import type { LinkRow } from '../manage/rules.ts'

/** The routing of one of the caller's links. */
export async function getLinkRouting(
  ctx: LinksContext,
  input: Input<typeof links, 'getLinkRouting'>,
): Promise<LinkRouting> {
  return routingOf(await accessLink(ctx.db, ctx.actor, input.id))
}

const plain: Routing = { rules: [], variants: [], appUrl: null, fallbackUrl: null, preview: null }

/** The routing of a link without rules is empty. */
export function routingOf(row: LinkRow): LinkRouting {
  return { linkId: row.id, ...(row.routing ?? plain), version: row.version }
}

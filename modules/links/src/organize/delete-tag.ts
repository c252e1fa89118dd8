import { type Input, type Output, requireUser } from '@octet/contracts'
import type { links } from '@octet/contracts/links'
import type { LinksContext } from '../context.ts'
import * as organizeStore from './store.ts'

/** Removes a tag from all of the caller's links. */
export async function deleteTag(
  ctx: LinksContext,
  { tag }: Input<typeof links, 'deleteTag'>,
): Promise<Output<typeof links, 'deleteTag'>> {
  const { userId: ownerId } = requireUser(ctx.actor)
  const at = new Date(ctx.now()).toISOString()
  return { links: await organizeStore.replaceTag(ctx.db, { ownerId, tag, name: null, at }) }
}

import { type Input, type Output, requireUser } from '@octet/contracts'
import type { links } from '@octet/contracts/links'
import type { LinksContext } from '../context.ts'
import * as organizeStore from './store.ts'

/**
 * Renames a tag on all of the caller's links and returns their number. Zero is not an error, so that a repeat succeeds.
 */
export async function renameTag(
  ctx: LinksContext,
  { tag, name }: Input<typeof links, 'renameTag'>,
): Promise<Output<typeof links, 'renameTag'>> {
  const { userId: ownerId } = requireUser(ctx.actor)
  const at = new Date(ctx.now()).toISOString()
  return { links: tag === name ? 0 : await organizeStore.replaceTag(ctx.db, { ownerId, tag, name, at }) }
}

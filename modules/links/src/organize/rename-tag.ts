import { type Input, type Output, requireUser } from '@octet/contracts'
import type { links } from '@octet/contracts/links'
import type { LinksContext } from '../context.ts'
import * as organizeStore from './store.ts'

/** Renames a tag on all links of the caller. Says on how many; none is no mistake, so that a repeat is none either. */
export async function renameTag(
  ctx: LinksContext,
  { tag, name }: Input<typeof links, 'renameTag'>,
): Promise<Output<typeof links, 'renameTag'>> {
  const { userId: ownerId } = requireUser(ctx.actor)
  const at = new Date(ctx.now()).toISOString()
  return { links: tag === name ? 0 : await organizeStore.replaceTag(ctx.db, { ownerId, tag, name, at }) }
}

import { type Input, type Output, requireUser } from '@octet/contracts'
import type { links } from '@octet/contracts/links'
import type { LinksContext } from '../context.ts'
import * as organizeStore from './store.ts'

/** The caller's tags, most used first; at most a thousand. */
export async function listTags(
  ctx: LinksContext,
  _input: Input<typeof links, 'listTags'>,
): Promise<Output<typeof links, 'listTags'>> {
  const { userId } = requireUser(ctx.actor)
  return { data: [...(await organizeStore.countTags(ctx.db, userId))] }
}

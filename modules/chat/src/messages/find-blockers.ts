import { requireUser } from '@octet/contracts'
import { type ChatContext, problem } from '../context.ts'
import * as memberStore from '../rooms/member-store.ts'
import { blockersAmong } from '../rooms/require-reachable.ts'
import { mentionedIn } from './rules.ts'

/**
 * Whom a message must not mention although it names them. Throws `person-not-reachable` when it is said to nobody but
 * somebody who has blocked the caller.
 */
export async function findBlockers(ctx: ChatContext, roomId: string, body: string): Promise<ReadonlySet<string>> {
  const { userId } = requireUser(ctx.actor)
  const isDirect = await ctx.directs.get(roomId)
  const partners = isDirect ? await memberStore.directPartners(ctx.db, roomId, userId) : []
  const blockers = await blockersAmong(
    ctx,
    [...new Set([...partners, ...mentionedIn(body)])].filter(id => id !== userId),
  )
  const [only, ...others] = partners
  if (only !== undefined && others.length === 0 && blockers.has(only)) throw problem('person-not-reachable')
  return blockers
}

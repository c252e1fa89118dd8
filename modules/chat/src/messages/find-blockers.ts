import { requireUser } from '@octet/contracts'
import { type ChatContext, problem } from '../context.ts'
import * as memberStore from '../rooms/member-store.ts'
import { blockersAmong } from '../rooms/require-reachable.ts'
import { mentionedIn } from './rules.ts'

/**
 * People whom a message must not mention because they have blocked the caller. Throws `person-not-reachable` when the
 * conversation has no other members.
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

/** Whoever has blocked somebody is not reached by them: no direct conversation, no bringing in, no mention. */
import { requireUser } from '@octet/contracts'
import { type ChatContext, problem } from '../context.ts'
import * as memberStore from './member-store.ts'
import { mentionedIn } from './rules.ts'

/** Of these people, those who have blocked the caller. Not inside a transaction. */
async function blockersAmong(ctx: ChatContext, otherIds: readonly string[]): Promise<ReadonlySet<string>> {
  if (otherIds.length === 0) return new Set()
  const { userId } = requireUser(ctx.actor)
  const { blockedBy } = await ctx.calls.identity.getBlocks({ userId, otherIds: [...otherIds] })
  return new Set(blockedBy)
}

/** Throws `person-not-reachable`, as for somebody who is not there. */
export async function requireReachable(ctx: ChatContext, otherIds: readonly string[]): Promise<void> {
  if ((await blockersAmong(ctx, otherIds)).size > 0) throw problem('person-not-reachable')
}

/**
 * Whom a message must not mention although it names them. Throws `person-not-reachable` when it is said to nobody but
 * somebody who has blocked the caller.
 */
export async function deafTo(ctx: ChatContext, roomId: string, body: string): Promise<ReadonlySet<string>> {
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

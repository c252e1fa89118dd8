/** Whoever has blocked somebody is not reached by them: no direct conversation, no bringing in, no mention. */
import { requireUser } from '@octet/contracts'
import { type ChatContext, problem } from '../context.ts'

/** Of these people, those who have blocked the caller. Not inside a transaction. */
export async function blockersAmong(ctx: ChatContext, otherIds: readonly string[]): Promise<ReadonlySet<string>> {
  if (otherIds.length === 0) return new Set()
  const { userId } = requireUser(ctx.actor)
  const { blockedBy } = await ctx.calls.identity.getBlocks({ userId, otherIds: [...otherIds] })
  return new Set(blockedBy)
}

/** Throws `person-not-reachable`, as for somebody who is not there. */
export async function requireReachable(ctx: ChatContext, otherIds: readonly string[]): Promise<void> {
  if ((await blockersAmong(ctx, otherIds)).size > 0) throw problem('person-not-reachable')
}

/**
 * Blocks: a person cannot reach an account that has blocked them, neither by conversation nor invitation nor mention.
 */
import { requireUser } from '@octet/contracts'
import { type ChatContext, problem } from '../context.ts'

/** Those of these people who have blocked the caller. Must not run inside a transaction. */
export async function blockersAmong(ctx: ChatContext, otherIds: readonly string[]): Promise<ReadonlySet<string>> {
  if (otherIds.length === 0) return new Set()
  const { userId } = requireUser(ctx.actor)
  const { blockedBy } = await ctx.calls.identity.getBlocks({ userId, otherIds: [...otherIds] })
  return new Set(blockedBy)
}

/** Throws `person-not-reachable`, as for a missing account. */
export async function requireReachable(ctx: ChatContext, otherIds: readonly string[]): Promise<void> {
  if ((await blockersAmong(ctx, otherIds)).size > 0) throw problem('person-not-reachable')
}

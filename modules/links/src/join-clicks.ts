/** Who may hear of clicks as they come in. */
import { commonProblem } from '@octet/contracts'
import { accessLink } from './access.ts'
import type { LinksContext } from './context.ts'
import * as store from './store.ts'

const idPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Throws `not-found` alike for other people's links and for none at all. */
export async function joinAsOwner(ctx: LinksContext, linkId: string): Promise<void> {
  if (!idPattern.test(linkId)) throw commonProblem('not-found')
  await accessLink(ctx.db, ctx.actor, linkId)
  ctx.liveClicks.greet(linkId)
}

/** Throws `not-found` alike for links whose owner does not show their statistics and for none at all. */
export async function joinShared(ctx: LinksContext, linkId: string): Promise<void> {
  const link = idPattern.test(linkId) ? await store.findLink(ctx.db, linkId) : undefined
  if (link?.has_public_stats !== true) throw commonProblem('not-found')
  ctx.liveClicks.greet(linkId)
}

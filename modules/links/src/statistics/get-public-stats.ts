import { commonProblem, type Input } from '@octet/contracts'
import type { links, PublicStats } from '@octet/contracts/links'
import type { LinksContext } from '../context.ts'
import { readTargetKey, targetKey } from '../manage/codes.ts'
import * as redirectStore from '../redirect/store.ts'
import { statsOf } from './get-link-stats.ts'

/** Throws `not-found` alike for unknown links and for links with private statistics. */
export async function getPublicStats(
  ctx: LinksContext,
  { code, ...query }: Input<typeof links, 'getPublicStats'>,
): Promise<PublicStats> {
  const link = await redirectStore.findTarget(ctx.db, readTargetKey(targetKey(code)))
  if (link === undefined || !link.has_public_stats) throw commonProblem('not-found')
  const stats = await statsOf(ctx, link.id, query)
  return {
    linkId: link.id,
    code: link.code,
    title: link.title,
    createdAt: link.created_at,
    clicks: stats.clicks,
    lastClickedAt: stats.lastClickedAt,
    days: stats.days.map(({ date, clicks }) => ({ date, clicks })),
    countries: stats.breakdowns.find(({ dimension }) => dimension === 'country')?.values ?? [],
  }
}

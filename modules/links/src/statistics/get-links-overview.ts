import { type Input, requireUser } from '@octet/contracts'
import type { LinksOverview, links } from '@octet/contracts/links'
import * as store from '../clicks/store.ts'
import type { LinksContext } from '../context.ts'
import { shortUrlOf } from '../manage/rules.ts'
import { daysDefault, firstDay } from './get-link-stats.ts'

const topDefault = 5
const dayMs = 86_400_000

/** Clicks of all the caller's links per UTC day, and the most clicked links. */
export async function getLinksOverview(
  ctx: LinksContext,
  { days = daysDefault, top = topDefault }: Input<typeof links, 'getLinksOverview'>,
): Promise<LinksOverview> {
  const { userId: ownerId } = requireUser(ctx.actor)
  const from = firstDay(ctx.now(), days)
  const [totals, counted, topLinks] = await Promise.all([
    store.totalsOfOwner(ctx.db, ownerId),
    store.daysOfOwner(ctx.db, ownerId, from),
    store.topLinksOfOwner(ctx.db, { ownerId, from, limit: top }),
  ])
  const byDate = new Map(counted.map(day => [day.date, day]))
  const perDay = Array.from({ length: days }, (_, index) => {
    const date = new Date(Date.parse(from) + index * dayMs).toISOString().slice(0, 10)
    const day = byDate.get(date)
    return { date, clicks: day?.clicks ?? 0, botClicks: day?.bots ?? 0 }
  })
  return {
    links: totals.links,
    clicks: perDay.reduce((sum, { clicks }) => sum + clicks, 0),
    botClicks: perDay.reduce((sum, { botClicks }) => sum + botClicks, 0),
    clicksEver: totals.clicks,
    days: perDay,
    topLinks: topLinks.map(({ domain, ...link }) => {
      const { id, code, url, title, clicks } = link
      return { linkId: id, code, shortUrl: shortUrlOf({ code, domain }, ctx.origin), url, title, clicks }
    }),
  }
}

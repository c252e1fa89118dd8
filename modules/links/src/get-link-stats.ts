import type { Input, LinkStats, links } from '@octet/contracts'
import { accessLink } from './access.ts'
import { type LinksContext, problem } from './context.ts'
import * as store from './store.ts'

const daysDefault = 30

/** Clicks of one of the caller's links: in total, and per calendar day of a time zone, today last. */
export async function getLinkStats(ctx: LinksContext, input: Input<typeof links, 'getLinkStats'>): Promise<LinkStats> {
  const link = await accessLink(ctx.db, ctx.actor, input.id)
  const timeZone = input.timeZone ?? 'UTC'
  if (!isTimeZone(timeZone))
    throw problem('time-zone-unknown', { errors: [{ path: '/timeZone', message: 'is not known' }] })
  const now = new Date(ctx.now()).toISOString()
  const [totals, days] = await Promise.all([
    store.totalsOf(ctx.db, link.id),
    store.dailyClicks(ctx.db, { linkIds: [link.id], days: input.days ?? daysDefault, timeZone, now }),
  ])
  return {
    linkId: link.id,
    clicks: totals.clicks,
    botClicks: totals.bots,
    lastClickedAt: totals.last_clicked_at,
    timeZone,
    days: days.map(({ date, clicks, bots }) => ({ date, clicks, botClicks: bots })),
  }
}

/** Only names both JavaScript and PostgreSQL know; offsets like `+02:00` mean opposite things to the two. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

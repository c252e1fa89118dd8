import type { Input } from '@octet/contracts'
import { type ClickDimension, clickDimensions, type LinkStats, type links } from '@octet/contracts/links'
import { sketchErrorPercent } from '@octet/visitors'
import { type Breakdowns, otherValue, sumBreakdowns } from '../clicks/click.ts'
import * as store from '../clicks/store.ts'
import { type LinksContext, problem } from '../context.ts'
import { accessLink } from '../manage/access.ts'
import { instantOf, weeksOf } from './time-zones.ts'

export const daysDefault = 30
const hoursDaysMax = 31
/** Values listed per dimension; the rest is summed. */
const valuesMax = 20
const dayMs = 86_400_000

type Query = Pick<Input<typeof links, 'getLinkStats'>, 'days' | 'timeZone' | 'interval'>

/** Clicks of one of the caller's links: total, over time in a time zone, and by visitor properties. */
export async function getLinkStats(ctx: LinksContext, input: Input<typeof links, 'getLinkStats'>): Promise<LinkStats> {
  const link = await accessLink(ctx.db, ctx.actor, input.id)
  return statsOf(ctx, link.id, input)
}

/** The same for a link the caller may read. */
export async function statsOf(ctx: LinksContext, linkId: string, query: Query): Promise<LinkStats> {
  const { days = daysDefault, timeZone = 'UTC', interval = 'day' } = query
  checkTimeZone(timeZone)
  if (interval === 'hour' && days > hoursDaysMax) throw problem('interval-too-fine')
  const now = new Date(ctx.now()).toISOString()
  const [totals, daily, hourly, seen] = await Promise.all([
    store.totalsOf(ctx.db, linkId),
    store.dailyClicks(ctx.db, { linkIds: [linkId], days, timeZone, now }),
    interval === 'hour' ? store.hourlyClicks(ctx.db, { linkId, days, timeZone, now }) : [],
    store.daysOf(ctx.db, linkId, firstDay(ctx.now(), days)),
  ])
  const localDays = daily.map(({ date, clicks, bots }) => ({ date, clicks, botClicks: bots }))
  const breakdowns = sumBreakdowns(seen.map(day => day.breakdowns))
  return {
    linkId,
    clicks: totals.clicks,
    botClicks: totals.bots,
    lastClickedAt: totals.last_clicked_at,
    timeZone,
    days: localDays,
    interval,
    series:
      interval === 'hour'
        ? hourly.map(({ start, clicks, bots }) => ({ start, clicks, botClicks: bots }))
        : (interval === 'week' ? weeksOf(localDays) : localDays).map(({ date, clicks, botClicks }) => {
            return { start: instantOf(date, timeZone), clicks, botClicks }
          }),
    uniqueVisitors: {
      sum: seen.reduce((sum, { visitors }) => sum + visitors, 0),
      days: seen.map(({ day, visitors }) => ({ date: day, visitors })),
      errorPercent: sketchErrorPercent,
    },
    breakdowns: clickDimensions.map(dimension => listed(dimension, breakdowns)),
    bots: Object.entries(breakdowns.bot ?? {}).map(([kind, clicks]) => ({
      kind: kind === 'preview' ? 'preview' : 'crawler',
      clicks,
    })),
  }
}

/** Throws `time-zone-unknown`. */
function checkTimeZone(name: string): void {
  if (isTimeZone(name)) return
  throw problem('time-zone-unknown', { errors: [{ path: '/timeZone', message: 'is not known' }] })
}

/** The UTC day that many days back, counting today as the first. */
export function firstDay(nowMs: number, days: number): string {
  return new Date(nowMs - (days - 1) * dayMs).toISOString().slice(0, 10)
}

function listed(dimension: ClickDimension, breakdowns: Breakdowns): LinkStats['breakdowns'][number] {
  const counted = Object.entries(breakdowns[dimension] ?? {}).map(([value, clicks]) => ({ value, clicks }))
  const named = counted.filter(({ value }) => value !== otherValue).sort((a, b) => b.clicks - a.clicks)
  const values = named.slice(0, valuesMax)
  const sum = (list: readonly { clicks: number }[]) => list.reduce((total, { clicks }) => total + clicks, 0)
  return { dimension, values, otherClicks: sum(counted) - sum(values) }
}

/** Only names that JavaScript and PostgreSQL both know; offsets like `+02:00` mean opposite things to the two. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** The labels of the bars of a chart. Pure functions. */
import type { LinkStats } from '@octet/contracts/links'
import { formatDay } from '../../../shared/format.ts'
import type { Locale } from '../../../shared/i18n.tsx'
import { dateFormat } from '../../../shared/intl.ts'
import { type Bucket, bucketsOf } from './click-days.ts'
import type { Interval } from './day-ranges.ts'

export interface Bar {
  readonly key: string
  /** States the exact time. */
  readonly label: string
  /** The short form under the bar. */
  readonly tick: string
  readonly clicks: number
  readonly botClicks: number
}

const short = { month: 'short', day: 'numeric' } as const
const dayMs = 86_400_000

function dayLabel({ from, to }: Pick<Bucket, 'from' | 'to'>, { tag, t }: Locale): string {
  if (from === to) return formatDay(from, tag, { ...short, weekday: 'short' })
  return t('chart.span', { from: formatDay(from, tag, short), to: formatDay(to, tag, short) })
}

/** Bars of calendar days; many days become weeks. */
export function barsOfDays(days: LinkStats['days'], locale: Locale): readonly Bar[] {
  return bucketsOf(days).map(({ from, to, clicks, botClicks }) => ({
    key: from,
    label: dayLabel({ from, to }, locale),
    tick: formatDay(to, locale.tag, short),
    clicks,
    botClicks,
  }))
}

/** The calendar date of an instant in a time zone. */
function dateIn(atMs: number, timeZone: string): string {
  return dateFormat('sv-SE', { dateStyle: 'short', timeZone }).format(atMs)
}

function labelsOf(start: string, interval: Interval, timeZone: string, locale: Locale) {
  const atMs = Date.parse(start)
  const from = dateIn(atMs, timeZone)
  if (interval === 'hour') {
    const time = dateFormat(locale.tag, { hour: 'numeric', minute: '2-digit', timeZone }).format(atMs)
    return { label: `${formatDay(from, locale.tag, { ...short, weekday: 'short' })}, ${time}`, tick: time }
  }
  // Noon, so that a clock change inside the week does not move the last day.
  const to = interval === 'day' ? from : dateIn(atMs + 6.5 * dayMs, timeZone)
  return { label: dayLabel({ from, to }, locale), tick: formatDay(from, locale.tag, short) }
}

/** Bars of the intervals that the server counted. */
export function barsOfSeries({ series, interval, timeZone }: LinkStats, locale: Locale): readonly Bar[] {
  return series.map(({ start, clicks, botClicks }) => ({
    key: start,
    ...labelsOf(start, interval, timeZone, locale),
    clicks,
    botClicks,
  }))
}

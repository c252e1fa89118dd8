/** Converts clicks per day to the bars of a chart. Pure functions. */
import type { LinkStats } from '@octet/contracts/links'

/** Beyond this number, days become weeks: bars of a few pixels are too thin to see or to hit. */
const dailyMax = 92

export interface Bucket {
  /** First day, YYYY-MM-DD. */
  readonly from: string
  /** Last day, the same for a daily bucket. */
  readonly to: string
  readonly clicks: number
  readonly botClicks: number
}

type Day = LinkStats['days'][number]

/** One bucket per day, or per seven days counted back from the last one. */
export function bucketsOf(days: readonly Day[]): readonly Bucket[] {
  const size = days.length > dailyMax ? 7 : 1
  const firstSize = days.length % size || size
  const buckets: Bucket[] = []
  for (let start = 0; start < days.length; start += start === 0 ? firstSize : size) {
    const part = days.slice(start, start + (start === 0 ? firstSize : size))
    buckets.push({
      from: part[0]?.date ?? '',
      to: part.at(-1)?.date ?? '',
      clicks: sum(part, 'clicks'),
      botClicks: sum(part, 'botClicks'),
    })
  }
  return buckets
}

export function sum(days: readonly Pick<Day, 'clicks' | 'botClicks'>[], of: 'clicks' | 'botClicks'): number {
  return days.reduce((total, day) => total + day[of], 0)
}

/** The smallest round number that is not below `max` and whose half is also round; at least 4. */
export function niceMax(max: number): number {
  if (max <= 4) return 4
  const power = 10 ** Math.floor(Math.log10(max))
  const steps = power === 1 ? [6, 8, 10] : [1, 1.2, 1.4, 1.6, 2, 2.4, 3, 4, 5, 6, 8, 10]
  return (steps.find(each => each * power >= max) ?? 10) * power
}

/** The parameters of a link's statistics, stored in the address of the page. */
export const dayRanges = [1, 7, 30, 90, 365] as const
export type DayRange = (typeof dayRanges)[number]

export const intervals = ['hour', 'day', 'week'] as const
export type Interval = (typeof intervals)[number]

export interface StatsSearch {
  readonly days?: DayRange | undefined
  readonly interval?: Interval | undefined
  /** An IANA name; the user's own when absent. */
  readonly zone?: string | undefined
}

/** More bars could be neither seen nor hit; fewer than two show no trend. */
const daysMax: Readonly<Record<Interval, number>> = { hour: 7, day: 92, week: 366 }
const daysMin: Readonly<Record<Interval, number>> = { hour: 1, day: 2, week: 14 }

export function isIntervalFit(interval: Interval, days: number): boolean {
  return days >= daysMin[interval] && days <= daysMax[interval]
}

/** The requested interval if it fits the period, else the finest one that is not too crowded. */
export function intervalFor(days: number, wanted?: Interval): Interval {
  if (wanted !== undefined && isIntervalFit(wanted, days)) return wanted
  if (days === 1) return 'hour'
  return days > daysMax.day ? 'week' : 'day'
}

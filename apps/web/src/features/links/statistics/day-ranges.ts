/** What a link's statistics may be asked for; held in the address of the page. */
export const dayRanges = [1, 7, 30, 90, 365] as const
export type DayRange = (typeof dayRanges)[number]

export const intervals = ['hour', 'day', 'week'] as const
export type Interval = (typeof intervals)[number]

export interface StatsSearch {
  readonly days?: DayRange | undefined
  readonly interval?: Interval | undefined
  /** IANA name; the user's own when absent. */
  readonly zone?: string | undefined
}

/** More bars than these could be neither seen nor hit; fewer than two are no course. */
const daysMax: Readonly<Record<Interval, number>> = { hour: 7, day: 92, week: 366 }
const daysMin: Readonly<Record<Interval, number>> = { hour: 1, day: 2, week: 14 }

export function isIntervalFit(interval: Interval, days: number): boolean {
  return days >= daysMin[interval] && days <= daysMax[interval]
}

/** The interval that was asked for, where it fits the period, or else the one that shows most without crowding. */
export function intervalFor(days: number, wanted?: Interval): Interval {
  if (wanted !== undefined && isIntervalFit(wanted, days)) return wanted
  if (days === 1) return 'hour'
  return days > daysMax.day ? 'week' : 'day'
}

/** Clicks of one link. While the page is visible and no live events arrive, they reload every few seconds. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { linksApi } from '../api.ts'
import type { Interval } from './day-ranges.ts'

const pollMs = 5_000
/** The interval while live events arrive. */
const livePollMs = 60_000

export interface StatsInput {
  readonly id: string
  readonly days: number
  readonly timeZone: string
  readonly interval: Interval
}

export const statsKey = (id: string) => ['links', 'stats', id] as const

export const statsQuery = (input: StatsInput, isLive = false) =>
  queryOptions({
    queryKey: [...statsKey(input.id), input.days, input.timeZone, input.interval],
    queryFn: ({ signal }) => linksApi.getLinkStats(input, { signal }),
    refetchInterval: isLive ? livePollMs : pollMs,
    placeholderData: keepPreviousData,
  })

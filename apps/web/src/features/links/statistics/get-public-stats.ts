/** The statistics that a link's owner made public. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { linksApi } from '../api.ts'

export const publicStatsQuery = (input: { readonly code: string; readonly days: number; readonly timeZone: string }) =>
  queryOptions({
    queryKey: ['links', 'public-stats', input.code, input.days, input.timeZone],
    queryFn: ({ signal }) => linksApi.getPublicStats(input, { signal }),
    placeholderData: keepPreviousData,
  })

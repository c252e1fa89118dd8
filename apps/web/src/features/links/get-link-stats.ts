/** Clicks of one link, per day; read again every few seconds while somebody looks. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { linksApi } from '../../shared/api.ts'

const pollMs = 5_000

export const statsQuery = (input: { readonly id: string; readonly days: number; readonly timeZone: string }) =>
  queryOptions({
    queryKey: ['links', 'stats', input.id, input.days, input.timeZone],
    queryFn: ({ signal }) => linksApi.getLinkStats(input, { signal }),
    refetchInterval: pollMs,
    placeholderData: keepPreviousData,
  })

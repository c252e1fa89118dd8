/** Users of this installation by the beginning of their name. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { identityApi } from '../api.ts'

const foundMax = 8

export const peopleQuery = (q: string) =>
  queryOptions({
    queryKey: ['chat', 'people', q],
    queryFn: ({ signal }) => identityApi.searchUsers({ q, limit: foundMax }, { signal }),
    enabled: q.length >= 2,
    placeholderData: keepPreviousData,
  })

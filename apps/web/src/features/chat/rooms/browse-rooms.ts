/** Public rooms, the largest first. */
import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query'
import { chatApi } from '../api.ts'

export const browseQuery = (q: string) =>
  infiniteQueryOptions({
    queryKey: ['chat', 'browse', q],
    queryFn: ({ pageParam, signal }) =>
      chatApi.browseRooms({ limit: 50, cursor: pageParam, q: q === '' ? undefined : q }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: page => page.meta.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  })

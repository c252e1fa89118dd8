/** All accounts, for those who may see them, page by page. */
import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query'
import { identityApi } from '../../shared/api.ts'

const pageSize = 50

/** `q` is the start of a username; empty for everybody. */
export const usersQuery = (q: string) =>
  infiniteQueryOptions({
    queryKey: ['identity', 'users', q],
    queryFn: ({ pageParam, signal }) =>
      identityApi.listUsers({ limit: pageSize, cursor: pageParam, q: q === '' ? undefined : q }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: page => page.meta.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  })

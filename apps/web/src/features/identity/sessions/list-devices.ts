/** The signed-in devices of the account, page by page. */
import { infiniteQueryOptions } from '@tanstack/react-query'
import { identityApi } from '../api.ts'

const pageSize = 50

export const devicesQuery = infiniteQueryOptions({
  queryKey: ['identity', 'devices'],
  queryFn: ({ pageParam, signal }) => identityApi.listDevices({ limit: pageSize, cursor: pageParam }, { signal }),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: page => page.meta.nextCursor ?? undefined,
})

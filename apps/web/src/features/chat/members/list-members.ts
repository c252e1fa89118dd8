/** The members of a room, page by page. */
import { infiniteQueryOptions } from '@tanstack/react-query'
import { chatApi } from '../api.ts'

const pageSize = 100

export const membersKey = (roomId: string) => ['chat', 'members', roomId] as const

export const membersQuery = (roomId: string) =>
  infiniteQueryOptions({
    queryKey: membersKey(roomId),
    queryFn: ({ pageParam, signal }) =>
      chatApi.listMembers({ id: roomId, limit: pageSize, cursor: pageParam }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: page => page.meta.nextCursor ?? undefined,
  })

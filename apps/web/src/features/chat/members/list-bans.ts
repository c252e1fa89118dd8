/** The users who are banned from a room. */
import { queryOptions } from '@tanstack/react-query'
import { chatApi } from '../api.ts'

export const bansQuery = (roomId: string) =>
  queryOptions({
    queryKey: ['chat', 'bans', roomId],
    queryFn: ({ signal }) => chatApi.listBans({ id: roomId, limit: 100 }, { signal }),
  })

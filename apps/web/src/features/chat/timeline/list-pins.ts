/** The pinned messages of a room. */
import { queryOptions } from '@tanstack/react-query'
import { chatApi } from '../api.ts'

export const pinsKey = (roomId: string) => ['chat', 'pins', roomId] as const

export const pinsQuery = (roomId: string) =>
  queryOptions({ queryKey: pinsKey(roomId), queryFn: ({ signal }) => chatApi.listPins({ roomId }, { signal }) })

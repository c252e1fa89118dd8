/** A room by its id, for rooms that the user has not joined or that the list does not contain. */
import { queryOptions } from '@tanstack/react-query'
import { chatApi } from '../api.ts'

export const roomQuery = (id: string) =>
  queryOptions({ queryKey: ['chat', 'room', id], queryFn: ({ signal }) => chatApi.getRoom({ id }, { signal }) })

/** A room by its id, for those one is not in or that the list does not hold. */
import { queryOptions } from '@tanstack/react-query'
import { chatApi } from '../api.ts'

export const roomQuery = (id: string) =>
  queryOptions({ queryKey: ['chat', 'room', id], queryFn: ({ signal }) => chatApi.getRoom({ id }, { signal }) })

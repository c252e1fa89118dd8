/** Whether this installation still waits for its first administrator. */
import { queryOptions } from '@tanstack/react-query'
import { identityApi } from '../api.ts'

export const setupQuery = queryOptions({
  queryKey: ['identity', 'setup'],
  queryFn: ({ signal }) => identityApi.getSetup({}, { signal }),
})

/** One link of the user. */
import { queryOptions } from '@tanstack/react-query'
import { linksApi } from '../api.ts'

export const linkQuery = (id: string) =>
  queryOptions({ queryKey: ['links', 'one', id], queryFn: ({ signal }) => linksApi.getLink({ id }, { signal }) })

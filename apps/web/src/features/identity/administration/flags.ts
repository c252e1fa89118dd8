/** Feature flags, for administrators. */
import { queryOptions } from '@tanstack/react-query'
import { identityApi } from '../api.ts'
import { useChange } from '../use-change.ts'

const flagsKey = ['identity', 'flags']

export const flagsQuery = queryOptions({
  queryKey: flagsKey,
  queryFn: ({ signal }) => identityApi.listFlags({}, { signal }),
})

export const useSetFlag = () =>
  useChange((input: { name: string; sharePercent: number | null }) => identityApi.setFlag(input), [flagsKey])

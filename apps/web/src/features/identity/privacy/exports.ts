/** Archives of everything Octet keeps of the account. */
import { queryOptions } from '@tanstack/react-query'
import { identityApi } from '../api.ts'
import { useChange } from '../use-change.ts'

export type Archive = Awaited<ReturnType<typeof identityApi.listExports>>['data'][number]

const pollMs = 1_500

export function isUnderWay({ state }: Archive): boolean {
  return state === 'collecting' || state === 'packing'
}

/** Read again and again while one is being made. */
export const exportsQuery = queryOptions({
  queryKey: ['identity', 'exports'],
  queryFn: ({ signal }) => identityApi.listExports({}, { signal }),
  refetchInterval: query => (query.state.data?.data.some(isUnderWay) ? pollMs : false),
})

export const useRequestExport = () => useChange(() => identityApi.requestExport({}), [exportsQuery.queryKey])
/** A link that works once; the browser takes it at once. */
export const useExportLink = () =>
  useChange(async (id: string) => {
    const { url } = await identityApi.createExportLink({ id })
    window.location.assign(url)
  }, [])

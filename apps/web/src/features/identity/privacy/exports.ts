/** Exports of everything that Octet stores about the account. */
import { queryOptions } from '@tanstack/react-query'
import { identityApi } from '../api.ts'
import { useChange } from '../use-change.ts'

export type DataExport = Awaited<ReturnType<typeof identityApi.listExports>>['data'][number]

const pollMs = 1_500

export function isUnderWay({ state }: DataExport): boolean {
  return state === 'collecting' || state === 'packing'
}

/** Polled while an export is being created. */
export const exportsQuery = queryOptions({
  queryKey: ['identity', 'exports'],
  queryFn: ({ signal }) => identityApi.listExports({}, { signal }),
  refetchInterval: query => (query.state.data?.data.some(isUnderWay) ? pollMs : false),
})

export const useRequestExport = () => useChange(() => identityApi.requestExport({}), [exportsQuery.queryKey])
/** Gets a one-time link and downloads from it. */
export const useExportLink = () =>
  useChange(async (id: string) => {
    const { url } = await identityApi.createExportLink({ id })
    window.location.assign(url)
  }, [])

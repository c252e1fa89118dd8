/** Provider accounts that sign in to this account. */
import { queryOptions, useMutation } from '@tanstack/react-query'
import { identityApi } from '../api.ts'
import { useChange } from '../use-change.ts'

export const linkedProvidersQuery = queryOptions({
  queryKey: ['identity', 'linked-providers'],
  queryFn: ({ signal }) => identityApi.listLinkedProviders({}, { signal }),
})

export const useUnlinkProvider = () =>
  useChange((provider: string) => identityApi.unlinkProvider({ provider }), [linkedProvidersQuery.queryKey])

/** Sends the browser to the provider, which returns to the security page. */
export function useLinkProvider() {
  return useMutation({
    mutationFn: (provider: string) => identityApi.startProviderLink({ provider, returnTo: '/account/security' }),
    onSuccess: ({ url }) => window.location.assign(url),
  })
}

/** The providers that users can sign in with. */
import { Problem } from '@octet/contracts'
import { queryOptions, useMutation } from '@tanstack/react-query'
import { identityApi } from '../api.ts'
import { goAway } from '../away.ts'

export const providersQuery = queryOptions({
  queryKey: ['identity', 'providers'],
  queryFn: ({ signal }) => identityApi.listProviders({}, { signal }),
  staleTime: 10 * 60_000,
})

/** `google` → `Google`: the operator's identifier as a name. */
export function providerLabel(name: string): string {
  return name
    .split('-')
    .map(word => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ')
}

/** Sends the browser to a provider, to sign in there and return to `returnTo`. */
export function useProviderLogin(returnTo: string | undefined) {
  return useMutation({
    mutationFn: (provider: string) => identityApi.startProviderLogin({ provider, returnTo: returnTo ?? '/' }),
    onSuccess: ({ url }) => goAway(url),
  })
}

/** Why a provider returned the browser without a result, from the code in the address. */
export function refusalOf(code: string | undefined): Problem | undefined {
  return code === undefined ? undefined : new Problem({ code, status: 400, title: code })
}

/** The user's own hosts: list, claim, verify, release. */

import { newIdempotencyKey } from '@octet/client'
import type { Domain } from '@octet/contracts/links'
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { linksApi } from '../api.ts'

export const domainsQuery = queryOptions({
  queryKey: ['links', 'domains'],
  queryFn: async ({ signal }) => (await linksApi.listDomains({}, { signal })).data,
  staleTime: 30_000,
})

function useShowDomains() {
  const queryClient = useQueryClient()
  const { queryKey } = domainsQuery
  return (change: (domains: readonly Domain[]) => readonly Domain[]): void => {
    queryClient.setQueryData<Domain[]>(queryKey, domains => domains && [...change(domains)])
    void queryClient.invalidateQueries({ queryKey })
  }
}

export function useAddDomain() {
  const show = useShowDomains()
  return useMutation({
    mutationFn: (input: { readonly host: string; readonly landingUrl?: string | undefined }) =>
      linksApi.addDomain(input, { idempotencyKey: newIdempotencyKey() }),
    onSuccess: domain => show(domains => [...domains, domain]),
  })
}

export function useUpdateDomain() {
  const show = useShowDomains()
  return useMutation({
    mutationFn: (input: { readonly id: string; readonly landingUrl: string | null }) => linksApi.updateDomain(input),
    onSuccess: domain => show(domains => domains.map(each => (each.id === domain.id ? domain : each))),
  })
}

export function useVerifyDomain() {
  const show = useShowDomains()
  return useMutation({
    mutationFn: (id: string) => linksApi.verifyDomain({ id }),
    onSuccess: domain => show(domains => domains.map(each => (each.id === domain.id ? domain : each))),
  })
}

export function useRemoveDomain() {
  const show = useShowDomains()
  return useMutation({
    mutationFn: (id: string) => linksApi.removeDomain({ id }),
    onSuccess: (_nothing, id) => show(domains => domains.filter(each => each.id !== id)),
  })
}

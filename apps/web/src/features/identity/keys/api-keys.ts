/** The account's API keys. */
import { type Input, type Output, Problem } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { queryOptions, useQueryClient } from '@tanstack/react-query'
import { useOfferUndo } from '../../../shared/offer-undo.ts'
import { identityApi } from '../api.ts'
import { pagedQuery } from '../paged.tsx'
import { useChange } from '../use-change.ts'

export type ApiKey = Output<typeof identity, 'listApiKeys'>['data'][number]

const keysKey = ['identity', 'keys']
export const keysQuery = pagedQuery(keysKey, (page, options) => identityApi.listApiKeys(page, options))

export const scopesQuery = queryOptions({
  queryKey: ['identity', 'scopes'],
  queryFn: ({ signal }) => identityApi.listScopes({}, { signal }),
  staleTime: Number.POSITIVE_INFINITY,
})

/** The answer contains the key itself, only this once. */
export const useCreateApiKey = () =>
  useChange((input: Input<typeof identity, 'createApiKey'>) => identityApi.createApiKey(input), [keysKey])

async function revoke(id: string, isLeaving: boolean): Promise<void> {
  try {
    await identityApi.revokeApiKey({ id }, { keepalive: isLeaving })
  } catch (error) {
    // The key is already gone, so nothing is left to do.
    if (!(error instanceof Problem) || error.status !== 404) throw error
  }
}

/** Revokes a key after a delay in which the user can undo it. */
export function useRevokeApiKey() {
  const queryClient = useQueryClient()
  const offerUndo = useOfferUndo()
  return ({ id, name }: Pick<ApiKey, 'id' | 'name'>) =>
    offerUndo({
      id,
      message: t => t('keys.revoked', { name }),
      run: async isLeaving => {
        await revoke(id, isLeaving)
        await queryClient.invalidateQueries({ queryKey: keysKey })
      },
    })
}

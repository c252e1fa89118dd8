/** Ends the session of this browser. A session that has already ended counts as success. */
import { Problem } from '@octet/contracts'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { deferred } from '../../../shared/deferred.ts'
import { identityApi } from '../api.ts'
import { leave } from '../enter.ts'

async function signOut(): Promise<void> {
  deferred.flush()
  try {
    await identityApi.logout({})
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 401) throw error
  }
}

export function useSignOut() {
  const queryClient = useQueryClient()
  return useMutation({ mutationFn: signOut, onSuccess: () => leave(queryClient) })
}

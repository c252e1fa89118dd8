/** Changes the roles of an account. */
import type { Input } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { identityApi } from '../api.ts'

export function useSetUserRoles() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (input: Input<typeof identity, 'setUserRoles'>) => identityApi.setUserRoles(input),
    // The user's own roles decide what the shell shows, so the account is loaded again too.
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['identity'] }),
  })
}

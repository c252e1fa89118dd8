/** Signs this browser in. */
import type { Input, identity } from '@octet/contracts'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { identityApi } from '../../shared/api.ts'
import { enter } from './enter.ts'

type SignInInput = Input<typeof identity, 'webLogin'>

export function useSignIn() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (input: SignInInput) => identityApi.webLogin(input),
    onSuccess: me => enter(queryClient, me),
  })
}

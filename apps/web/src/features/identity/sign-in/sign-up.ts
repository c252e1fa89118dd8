/** Creates an account and signs this browser in. */
import type { Input } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { identityApi } from '../api.ts'
import { enter } from '../enter.ts'

type SignUpInput = Input<typeof identity, 'webRegister'>

export function useSignUp() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (input: SignUpInput) => identityApi.webRegister(input),
    onSuccess: me => enter(queryClient, me),
  })
}

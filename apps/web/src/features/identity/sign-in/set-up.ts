/** Creates the first administrator with the one-time token and signs this browser in. */
import type { Input } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { identityApi } from '../api.ts'
import { enter } from '../enter.ts'

type SetUpInput = Input<typeof identity, 'webSetup'>

export function useSetUp() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (input: SetUpInput) => identityApi.webSetup(input),
    onSuccess: me => enter(queryClient, me),
  })
}

/** Signs this browser in, in one step or two, by a password or a passkey. */
import type { Input } from '@octet/contracts'
import type { identity, Me, PasskeyAssertion } from '@octet/contracts/identity'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { identityApi } from '../api.ts'
import { enter } from '../enter.ts'

function useEntrance<I>(sign: (input: I) => Promise<Me>) {
  const queryClient = useQueryClient()
  return useMutation({ mutationFn: sign, onSuccess: me => enter(queryClient, me) })
}

/** Fails with `identity.second-factor-required` when a password is not enough; then see `useFinishSignIn`. */
export function useSignIn() {
  return useEntrance((input: Input<typeof identity, 'webLogin'>) => identityApi.webLogin(input))
}

export function useFinishSignIn() {
  return useEntrance((input: Input<typeof identity, 'webFinishLogin'>) => identityApi.webFinishLogin(input))
}

export function usePasskeySignIn() {
  return useEntrance((passkey: PasskeyAssertion) => identityApi.webPasskeyLogin({ passkey }))
}

/** The account's address, and the new one that is not confirmed yet. */
import { queryOptions } from '@tanstack/react-query'
import { identityApi } from '../api.ts'
import { meQuery } from '../get-me.ts'
import { useChange } from '../use-change.ts'

export const emailQuery = queryOptions({
  queryKey: ['identity', 'email'],
  queryFn: ({ signal }) => identityApi.getEmail({}, { signal }),
})

const shownIn = [emailQuery.queryKey, meQuery.queryKey]

export const useChangeEmail = () => useChange((email: string) => identityApi.changeEmail({ email }), shownIn)
export const useResendCode = () => useChange(() => identityApi.resendCode({}), shownIn)
export const useConfirmEmail = () => useChange((code: string) => identityApi.confirmEmail({ code }), shownIn)

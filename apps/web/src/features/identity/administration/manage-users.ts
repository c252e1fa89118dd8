/** The actions of administrators on accounts. */
import { type InfiniteData, useMutation, useQueryClient } from '@tanstack/react-query'
import { identityApi } from '../api.ts'
import { useChange } from '../use-change.ts'
import type { ManagedUser } from './managed-user.ts'

const usersKey = ['identity', 'users']

export const useDisableUser = () =>
  useChange((input: { id: string; reason: string }) => identityApi.disableUser(input), [usersKey])
export const useEnableUser = () => useChange((id: string) => identityApi.enableUser({ id }), [usersKey])
export const useEndUserSessions = () => useChange((id: string) => identityApi.endUserSessions({ id }), [])
export const useVerifyUserAudit = () => useChange((id: string) => identityApi.verifyUserAudit({ id }), [])

type UserPages = InfiniteData<{ readonly data: readonly ManagedUser[] }>

/** Removes the account from the lists at once; the server erases it within seconds, module by module. */
export function useEraseUser() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (input: { id: string; username: string }) => identityApi.eraseUser(input),
    onSuccess: (_, { id }) =>
      queryClient.setQueriesData<UserPages>({ queryKey: usersKey }, known =>
        known === undefined
          ? known
          : { ...known, pages: known.pages.map(page => ({ ...page, data: page.data.filter(user => user.id !== id) })) },
      ),
  })
}

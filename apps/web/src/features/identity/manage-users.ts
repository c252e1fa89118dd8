/** What administrators do to accounts. */
import { identityApi } from '../../shared/api.ts'
import { useChange } from './use-change.ts'

const usersKey = ['identity', 'users']

export const useDisableUser = () =>
  useChange((input: { id: string; reason: string }) => identityApi.disableUser(input), [usersKey])
export const useEnableUser = () => useChange((id: string) => identityApi.enableUser({ id }), [usersKey])
export const useEndUserSessions = () => useChange((id: string) => identityApi.endUserSessions({ id }), [])
export const useEraseUser = () =>
  useChange((input: { id: string; username: string }) => identityApi.eraseUser(input), [usersKey])
export const useVerifyUserAudit = () => useChange((id: string) => identityApi.verifyUserAudit({ id }), [])

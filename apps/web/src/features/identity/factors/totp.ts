/** The authenticator app and the recovery codes. */
import { identityApi } from '../api.ts'
import { useChange } from '../use-change.ts'
import { securityQuery } from './get-security.ts'

const shownIn = [securityQuery.queryKey, ['identity', 'devices'], ['identity', 'audit']]

/** Changes nothing yet: the secret waits for its first code. */
export const useStartTotp = () => useChange(() => identityApi.startTotp({}), [])
export const useConfirmTotp = () => useChange((code: string) => identityApi.confirmTotp({ code }), shownIn)
export const useRemoveTotp = () => useChange(() => identityApi.removeTotp({}), shownIn)
export const useMakeRecoveryCodes = () => useChange(() => identityApi.makeRecoveryCodes({}), shownIn)

/** The account's passkeys. */
import type { Input, Output } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { queryOptions } from '@tanstack/react-query'
import { identityApi } from '../api.ts'
import { securityQuery } from '../factors/get-security.ts'
import { useChange } from '../use-change.ts'
import { makePasskey } from './passkey-device.ts'

export type Passkey = Output<typeof identity, 'listPasskeys'>['data'][number]

export const passkeysQuery = queryOptions({
  queryKey: ['identity', 'passkeys'],
  queryFn: ({ signal }) => identityApi.listPasskeys({}, { signal }),
})

const shownIn = [passkeysQuery.queryKey, securityQuery.queryKey, ['identity', 'devices'], ['identity', 'audit']]

async function addPasskey(wanted: { name: string; guardsPassword: boolean }) {
  const { options } = await identityApi.startPasskey({})
  return identityApi.addPasskey({ ...wanted, passkey: await makePasskey(options) })
}

/** Asks the browser for a new passkey and saves it. */
export const useAddPasskey = () => useChange(addPasskey, shownIn)
export const useRenamePasskey = () =>
  useChange((input: Input<typeof identity, 'renamePasskey'>) => identityApi.renamePasskey(input), shownIn)
export const useRemovePasskey = () => useChange((id: string) => identityApi.removePasskey({ id }), shownIn)

/** An account as administrators see it. */
import type { Input, Output } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'

export type ManagedUser = Output<typeof identity, 'listUsers'>['data'][number]
export type RoleName = Input<typeof identity, 'setUserRoles'>['roles'][number]

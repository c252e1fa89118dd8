/** An account as those see it who manage accounts. */
import type { Input, identity, Output } from '@octet/contracts'

export type ManagedUser = Output<typeof identity, 'listUsers'>['data'][number]
export type RoleName = Input<typeof identity, 'setUserRoles'>['roles'][number]

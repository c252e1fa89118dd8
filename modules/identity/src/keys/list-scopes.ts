import { grantableScopes, type Output } from '@octet/contracts'
import { contracts } from '@octet/contracts/all'
import type { identity } from '@octet/contracts/identity'

/** Every scope a key can have, and what it permits. */
export async function listScopes(): Promise<Output<typeof identity, 'listScopes'>> {
  const scopes = [...grantableScopes(contracts)].map(([scope, allows]) => ({ scope, allows: [...allows] }))
  return { scopes }
}

import type { Tx } from '@octet/db'
import type { IdentityContext } from '../context.ts'
import { problem } from '../problem.ts'
import { hasSignInMethod } from './credentials-store.ts'

/**
 * Call after removing a sign-in method, with the account locked. A password, a passkey or an account at a configured
 * provider must remain. Throws `last-way-in`.
 */
export async function requireSignInMethod({ providers }: IdentityContext, tx: Tx, userId: string): Promise<void> {
  if (!(await hasSignInMethod(tx, userId, [...providers.keys()]))) throw problem('last-way-in')
}

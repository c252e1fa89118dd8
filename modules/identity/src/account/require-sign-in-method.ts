import type { Tx } from '@octet/db'
import type { IdentityContext } from '../context.ts'
import { problem } from '../problem.ts'
import { hasSignInMethod } from './credentials-store.ts'

/**
 * Asked after something that signs in was taken away, with the account held: a password, a passkey, or an account at a
 * provider this installation still knows must be left. Throws `last-way-in`.
 */
export async function requireSignInMethod({ providers }: IdentityContext, tx: Tx, userId: string): Promise<void> {
  if (!(await hasSignInMethod(tx, userId, [...providers.keys()]))) throw problem('last-way-in')
}

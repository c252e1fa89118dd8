import { commonProblem, type Input, requireUser } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { cleanDisplayName } from '../account/rules.ts'
import type { IdentityContext } from '../context.ts'
import { type PasskeyView, passkeyViewOf } from './rules.ts'
import { renamePasskeyRow } from './store.ts'

/** Renames one of the caller's passkeys. Throws `not-found`. */
export async function renamePasskey(
  ctx: IdentityContext,
  { id, name: given }: Input<typeof identity, 'renamePasskey'>,
): Promise<PasskeyView> {
  const name = cleanDisplayName(given)
  if (name === undefined) {
    throw commonProblem('validation-failed', { errors: [{ path: '/name', message: 'has no visible characters' }] })
  }
  const row = await renamePasskeyRow(ctx.db, { userId: requireUser(ctx.actor).userId, id, name })
  if (row === undefined) throw commonProblem('not-found')
  return passkeyViewOf(row)
}

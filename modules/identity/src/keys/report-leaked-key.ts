import type { Input, Output } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import type { IdentityContext } from '../context.ts'
import { isSameSecret, parseApiKey } from './api-key.ts'
import { endApiKey } from './revoke-api-key.ts'
import { findApiKey } from './store.ts'

/** Ends the key that is presented, whoever found it: to have it is to be able to use it. Does not say what it was. */
export async function reportLeakedKey(
  ctx: IdentityContext,
  input: Input<typeof identity, 'reportLeakedKey'>,
): Promise<Output<typeof identity, 'reportLeakedKey'>> {
  const presented = parseApiKey(input.key.trim())
  if (presented === undefined) return {}
  const found = await findApiKey(ctx.db, presented.lookup)
  if (found === undefined || !isSameSecret(presented.secretHash, found.secret_hash)) return {}
  await endApiKey(ctx, { id: found.id, userId: found.user_id, reason: 'leaked' })
  return {}
}

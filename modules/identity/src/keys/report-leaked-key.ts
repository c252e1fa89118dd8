import type { Input, Output } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import type { IdentityContext } from '../context.ts'
import { isSameSecret, parseApiKey } from './api-key.ts'
import { endApiKey } from './revoke-api-key.ts'
import { findApiKey } from './store.ts'

/**
 * Revokes the presented key. Possession is sufficient: the caller need not be its owner. The answer does not reveal
 * whether the key existed.
 */
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

import { type Input, type Output, requireUser } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { audit } from '../audit/audit.ts'
import type { IdentityContext } from '../context.ts'
import { revocationKeepMs } from '../sessions/tokens.ts'
import { accessOwnApiKey } from './access.ts'
import { revokeKey } from './store.ts'

/** Revokes one of the caller's keys. Idempotent. Throws `not-found`. */
export async function revokeApiKey(
  ctx: IdentityContext,
  input: Input<typeof identity, 'revokeApiKey'>,
): Promise<Output<typeof identity, 'revokeApiKey'>> {
  const { userId } = requireUser(ctx.actor)
  const id = await accessOwnApiKey(ctx.db, ctx.actor, input.id)
  await endApiKey(ctx, { id, userId, reason: 'revoked' })
  return {}
}

/**
 * Revokes a key in the database with an audit entry, then in this process at once. Other processes learn about it with
 * their next poll.
 */
export async function endApiKey(
  ctx: IdentityContext,
  { id, userId, reason }: { id: string; userId: string; reason: 'revoked' | 'leaked' },
): Promise<void> {
  await ctx.db.transaction('identity.endApiKey', async tx => {
    const ended = await revokeKey(tx, id, { reason, keepMs: revocationKeepMs })
    if (ended === undefined) return
    const details = { name: ended.name, key: ended.lookup }
    const action = reason === 'leaked' ? 'key-leaked' : 'key-revoked'
    await audit(ctx, tx, { userId, action, details, by: reason === 'leaked' ? 'system' : 'self' })
  })
  ctx.revocations.endSessions([id])
}

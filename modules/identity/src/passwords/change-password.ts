import { type Input, type Output, requireUser } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { accessManagedAccount, accessOwnAccount } from '../account/access.ts'
import { dropChallenges } from '../account/credentials-store.ts'
import { dropResets, replacePassword } from '../address/store.ts'
import { audit } from '../audit/audit.ts'
import type { IdentityContext } from '../context.ts'
import { notifyOwner } from '../mail/notify-owner.ts'
import { endSessions } from '../sessions/store.ts'
import { revocationKeepMs } from '../sessions/tokens.ts'
import { checkPassword, hashNewPassword } from './new-password.ts'

/**
 * Changes the password, or sets the first one. Requires a fresh sign-in by the old password or a passkey. Ends every
 * other session. Throws `validation-failed`, `unavailable`.
 */
export async function changePassword(
  ctx: IdentityContext,
  { password }: Input<typeof identity, 'changePassword'>,
): Promise<Output<typeof identity, 'changePassword'>> {
  const { userId, sessionId } = requireUser(ctx.actor)
  checkPassword({ ...(await accessOwnAccount(ctx.db, ctx.actor)), password })
  const { hash, creditBack } = await hashNewPassword(ctx, password)
  const ended = await ctx.db.transaction('identity.changePassword', async tx => {
    const user = await accessManagedAccount(tx, userId)
    await replacePassword(tx, userId, hash)
    await dropResets(tx, userId)
    await dropChallenges(tx, userId)
    const others = { userId, allBut: sessionId }
    const ids = await endSessions(tx, others, { reason: 'password-changed', keepMs: revocationKeepMs })
    await notifyOwner(ctx, tx, user, 'password-changed')
    await audit(ctx, tx, { userId, action: 'password-changed', details: { sessionsEnded: ids.length } })
    return ids
  })
  await creditBack()
  ctx.revocations.endSessions(ended)
  return {}
}

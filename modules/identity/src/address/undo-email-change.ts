import type { Input, Output } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import type { Tx } from '@octet/db'
import { accessManagedAccount } from '../account/access.ts'
import { dropCredentials } from '../account/credentials-store.ts'
import type { UserRow } from '../account/rules.ts'
import { audit } from '../audit/audit.ts'
import type { IdentityContext } from '../context.ts'
import { linkHash } from '../mail/codes.ts'
import { problem } from '../problem.ts'
import { endSessions, revokeOlderTokens } from '../sessions/store.ts'
import { revocationKeepMs } from '../sessions/tokens.ts'
import { sendResetJob } from './send-reset-job.ts'
import { dropAddress, dropLinksSince, findOwner, ownAddress, setPassword, takeLink } from './store.ts'

/**
 * The owner of the old address undoes a change. An attacker who made it may know the password, so the password, all
 * sessions and all sign-in methods added since are removed. A link for a new password goes to the restored address.
 * Second factors from before the change stay. Throws `link-invalid`.
 */
export async function undoEmailChange(
  ctx: IdentityContext,
  { token }: Input<typeof identity, 'undoEmailChange'>,
): Promise<Output<typeof identity, 'undoEmailChange'>> {
  const { user, ended } = await ctx.db.transaction('identity.undoEmailChange', tx => undo(ctx, tx, linkHash(token)))
  ctx.revocations.endSessions(ended)
  ctx.revocations.outdateUser(user.id, user.access_version)
  return {}
}

async function undo(ctx: IdentityContext, tx: Tx, tokenHash: Buffer): Promise<{ user: UserRow; ended: string[] }> {
  const link = await takeLink(tx, 'undo', tokenHash)
  if (link === undefined) throw problem('link-invalid')
  const { user_id: userId, email, email_key: emailKey, created_at: since } = link
  await accessManagedAccount(tx, userId)
  // Another account has verified the address meanwhile; this account keeps none.
  const isFree = (await findOwner(tx, emailKey, userId)) === undefined
  if (isFree) await ownAddress(tx, userId, { email, emailKey })
  else await dropAddress(tx, userId)
  await dropLinksSince(tx, userId, since)
  await dropCredentials(tx, userId, { since, keepMs: revocationKeepMs })
  const user = await setPassword(tx, userId, null)
  const ended = await endSessions(tx, { userId }, { reason: 'recovered', keepMs: revocationKeepMs })
  await revokeOlderTokens(tx, { userId, version: user.access_version, keepMs: revocationKeepMs })
  if (isFree) await ctx.jobs.enqueue(tx, sendResetJob, { emailKey })
  await audit(ctx, tx, { userId, action: 'email-change-undone' })
  return { user, ended }
}

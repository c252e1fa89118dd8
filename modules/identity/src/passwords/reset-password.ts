import type { Input, Output } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import type { Tx } from '@octet/db'
import { accessManagedAccount } from '../account/access.ts'
import { dropCredentials } from '../account/credentials-store.ts'
import type { UserRow } from '../account/rules.ts'
import { dropResets, findLink, findOwner, ownAddress, setPassword, takeLink } from '../address/store.ts'
import { audit } from '../audit/audit.ts'
import type { IdentityContext } from '../context.ts'
import { linkHash } from '../mail/codes.ts'
import { notifyOwner } from '../mail/notify-owner.ts'
import { problem } from '../problem.ts'
import { endSessions, revokeOlderTokens } from '../sessions/store.ts'
import { revocationKeepMs } from '../sessions/tokens.ts'
import { canResetByMail } from './can-reset-by-mail.ts'
import { checkPassword, hashNewPassword } from './new-password.ts'

/**
 * Sets a new password through a mailed link. Ends every session and does not sign in, so a second factor is still
 * required. An unverified address becomes verified, and password, sessions, passkeys and keys of the previous holder
 * are removed. Throws `link-invalid`, `validation-failed`, `unavailable`.
 */
export async function resetPassword(
  ctx: IdentityContext,
  { token, password }: Input<typeof identity, 'resetPassword'>,
): Promise<Output<typeof identity, 'resetPassword'>> {
  const tokenHash = linkHash(token)
  const known = await findLink(ctx.db, 'reset', tokenHash)
  if (known === undefined) throw problem('link-invalid')
  checkPassword({ ...known, password }) // before the link is taken
  const { hash, creditBack } = await hashNewPassword(ctx, password)
  const { user, ended } = await ctx.db.transaction('identity.resetPassword', tx => reset(ctx, tx, { tokenHash, hash }))
  await creditBack()
  ctx.revocations.endSessions(ended)
  ctx.revocations.outdateUser(user.id, user.access_version)
  return {}
}

async function reset(
  ctx: IdentityContext,
  tx: Tx,
  { tokenHash, hash }: { tokenHash: Buffer; hash: string },
): Promise<{ user: UserRow; ended: string[] }> {
  const link = await takeLink(tx, 'reset', tokenHash)
  if (link === undefined) throw problem('link-invalid')
  const { user_id: userId, email, email_key: emailKey } = link
  const before = await accessManagedAccount(tx, userId)
  if (before.email_key !== emailKey) throw problem('link-invalid')
  if (!before.email_verified) {
    const isOpen = (await canResetByMail(tx, before)) && (await findOwner(tx, emailKey, userId)) === undefined
    if (!isOpen) throw problem('link-invalid')
    await ownAddress(tx, userId, { email, emailKey })
    await dropCredentials(tx, userId, { keepMs: revocationKeepMs })
  }
  await dropResets(tx, userId)
  const user = await setPassword(tx, userId, hash)
  const ended = await endSessions(tx, { userId }, { reason: 'recovered', keepMs: revocationKeepMs })
  await revokeOlderTokens(tx, { userId, version: user.access_version, keepMs: revocationKeepMs })
  await notifyOwner(ctx, tx, user, 'password-changed')
  await audit(ctx, tx, { userId, action: 'password-reset' })
  return { user, ended }
}

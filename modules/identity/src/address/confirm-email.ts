import { type Input, requireUser } from '@octet/contracts'
import type { identity, Me } from '@octet/contracts/identity'
import { type Tx, uniqueViolation } from '@octet/db'
import { isMailAddress } from '@octet/mail'
import { accessManagedAccount } from '../account/access.ts'
import { languageOf, meOf, type UserRow } from '../account/rules.ts'
import { audit } from '../audit/audit.ts'
import type { IdentityContext } from '../context.ts'
import { codeHash, newLinkToken } from '../mail/codes.ts'
import { undoMail } from '../mail/texts.ts'
import { problem } from '../problem.ts'
import { publishVerified } from '../sessions/store.ts'
import { revocationKeepMs } from '../sessions/tokens.ts'
import { findOwner, insertLink, ownAddress, takeClaim, takeCodeTry, undoHours } from './store.ts'

/**
 * Verifies an address with the code mailed to it. Unverified claims of other accounts to the address are dropped. Only
 * a session of the account can enter the code, so forwarding the mail of an account made by a stranger reveals nothing.
 * The owner of a verified previous address can undo the change for three days. Throws `code-invalid`, `email-taken`.
 */
export async function confirmEmail(
  ctx: IdentityContext,
  { code }: Input<typeof identity, 'confirmEmail'>,
): Promise<Me> {
  const { userId } = requireUser(ctx.actor)
  if (!(await takeCodeTry(ctx.db, userId))) throw problem('code-invalid')
  try {
    const user = await ctx.db.transaction('identity.confirmEmail', tx => own(ctx, tx, userId, codeHash(userId, code)))
    ctx.revocations.verifyUser(userId)
    return meOf(user)
  } catch (error) {
    if (uniqueViolation(error) === 'users_verified_email') throw problem('email-taken')
    throw error
  }
}

async function own(ctx: IdentityContext, tx: Tx, userId: string, hash: Buffer): Promise<UserRow> {
  const before = await accessManagedAccount(tx, userId)
  const claim = await takeClaim(tx, userId, hash)
  if (claim === undefined) throw problem('code-invalid')
  const { email, email_key: emailKey } = claim
  if ((await findOwner(tx, emailKey, userId)) !== undefined) throw problem('email-taken')
  const after = await ownAddress(tx, userId, { email, emailKey })
  await publishVerified(tx, { userId, keepMs: revocationKeepMs })
  const isChange = before.email_verified && before.email_key !== emailKey
  if (isChange) await offerUndo(ctx, tx, before)
  await audit(ctx, tx, { userId, action: isChange ? 'email-changed' : 'email-verified' })
  return after
}

async function offerUndo(ctx: IdentityContext, tx: Tx, { id: userId, ...before }: UserRow): Promise<void> {
  const { email, email_key: emailKey, username } = before
  if (email === null || emailKey === null || !isMailAddress(email)) return
  const { token, hash: tokenHash } = newLinkToken()
  await insertLink(tx, { userId, kind: 'undo', tokenHash, email, emailKey })
  const language = languageOf(before)
  const content = undoMail({ username, language, token, hours: undoHours })
  await ctx.mail.send(tx, { kind: 'email-changed', to: email, userId, language, content })
}

import type { Tx } from '@octet/db'
import { addressPrefix } from '@octet/http'
import { type Content, isMailAddress, type Language } from '@octet/mail'
import { languageOf, type UserRow } from '../account/rules.ts'
import type { IdentityContext } from '../context.ts'
import { type Notice, noticeMail } from './texts.ts'

/**
 * Mails a notice to the account's owner if the address is verified. Unverified addresses receive no mail about
 * accounts.
 */
export async function notifyOwner(ctx: IdentityContext, tx: Tx, user: UserRow, notice: Notice): Promise<void> {
  const { client } = ctx.request
  const where = client === undefined ? '' : addressPrefix(client.address)
  await mailOwner(ctx, tx, user, { kind: notice, contentOf: about => noticeMail({ ...about, notice, where }) })
}

interface OwnersMail {
  readonly kind: string
  readonly contentOf: (about: { username: string; language: Language }) => Content
}

/** Mails any content to the owner, under the same condition. */
export async function mailOwner(
  { mail }: Pick<IdentityContext, 'mail'>,
  tx: Tx,
  user: UserRow,
  { kind, contentOf }: OwnersMail,
): Promise<void> {
  const { email: to, username } = user
  if (to === null || !user.email_verified || !isMailAddress(to)) return
  const language = languageOf(user)
  await mail.send(tx, { kind, to, userId: user.id, language, content: contentOf({ username, language }) })
}

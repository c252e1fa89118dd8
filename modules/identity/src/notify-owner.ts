import type { Tx } from '@octet/db'
import { addressPrefix } from '@octet/http'
import { isMailAddress } from '@octet/mail'
import type { IdentityContext } from './context.ts'
import { type Notice, noticeMail } from './mail-texts.ts'
import { languageOf, type UserRow } from './rules.ts'

/** Tells the account's owner, if an address was ever proved to be theirs: others get no mail about accounts. */
export async function notifyOwner(ctx: IdentityContext, tx: Tx, user: UserRow, notice: Notice): Promise<void> {
  const { email: to, username } = user
  if (to === null || !user.email_verified || !isMailAddress(to)) return
  const { client } = ctx.request
  const where = client === undefined ? '' : addressPrefix(client.address)
  const language = languageOf(user)
  const content = noticeMail({ username, language, notice, where })
  await ctx.mail.send(tx, { kind: notice, to, userId: user.id, language, content })
}

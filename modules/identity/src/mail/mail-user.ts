import type { Input, Output } from '@octet/contracts'
import type { identity } from '@octet/contracts/identity'
import { type Content, isMailAddress } from '@octet/mail'
import { languageOf } from '../account/rules.ts'
import { findUser } from '../account/store.ts'
import type { IdentityContext } from '../context.ts'

/** Sends another module's mail to a user by id, once per idempotency key. Unverified addresses receive no mail. */
export async function mailUser(
  ctx: IdentityContext,
  { userId, kind, text }: Input<typeof identity, 'mailUser'>,
): Promise<Output<typeof identity, 'mailUser'>> {
  return ctx.once('identity.mailUser', async tx => {
    const user = await findUser(tx, userId)
    const to = user?.email ?? null
    if (user === undefined || to === null || !user.email_verified || !isMailAddress(to)) return { sent: false }
    const language = languageOf(user)
    await ctx.mail.send(tx, { kind, to, userId, language, content: text[language] as Content })
    return { sent: true }
  })
}

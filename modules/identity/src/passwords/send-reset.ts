import type { PayloadOf } from '@octet/jobs'
import { isMailAddress } from '@octet/mail'
import { languageOf } from '../account/rules.ts'
import * as store from '../account/store.ts'
import type { sendResetJob } from '../address/send-reset-job.ts'
import { dropResets, insertLink, resetMinutes } from '../address/store.ts'
import { takeMailQuota } from '../address/take-mail-quota.ts'
import type { IdentityContext } from '../context.ts'
import { newLinkToken } from '../mail/codes.ts'
import { cannotResetMail, resetMail } from '../mail/texts.ts'
import { canResetByMail } from './can-reset-by-mail.ts'

/** Mails a link for a new password if an account has the address; otherwise does nothing. */
export async function sendReset(ctx: IdentityContext, { emailKey }: PayloadOf<typeof sendResetJob>): Promise<void> {
  await ctx.db.transaction('identity.sendReset', async tx => {
    const found = await store.findUserByLogin(tx, { emailKey })
    const user = found && (await store.lockUser(tx, found.id))
    if (user === undefined || user.email === null || user.email_key !== emailKey || !isMailAddress(user.email)) return
    if (!(await takeMailQuota(tx, 'reset', emailKey))) return
    const language = languageOf(user)
    const about = { username: user.username, language }
    const mail = { kind: 'reset-password', to: user.email, userId: user.id, language }
    if (!(await canResetByMail(tx, user))) {
      return ctx.mail.send(tx, { ...mail, content: cannotResetMail(about) })
    }
    const { token, hash } = newLinkToken()
    await dropResets(tx, user.id)
    await insertLink(tx, { userId: user.id, kind: 'reset', tokenHash: hash, email: user.email, emailKey })
    await ctx.mail.send(tx, { ...mail, content: resetMail({ ...about, token, minutes: resetMinutes }) })
  })
}

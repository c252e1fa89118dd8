import { commonProblem, type Input, type Output, problemsOf } from '@octet/contracts'
import { mails } from '@octet/contracts/mails'
import type { MailsContext } from './context.ts'

const problem = problemsOf(mails)

/**
 * A mail with its content, which contains links and codes for development. Where mails leave by SMTP no content can be
 * read, not even by an administrator. Throws `mail-delivered-elsewhere`, `not-found`.
 */
export async function getMail(
  ctx: MailsContext,
  { id }: Input<typeof mails, 'getMail'>,
): Promise<Output<typeof mails, 'getMail'>> {
  if (ctx.outbox.delivers) throw problem('mail-delivered-elsewhere')
  const mail = await ctx.outbox.read(id)
  if (mail === undefined) throw commonProblem('not-found')
  return mail
}

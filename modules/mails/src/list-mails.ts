import type { Input, Output } from '@octet/contracts'
import type { mails } from '@octet/contracts/mails'
import { totalOf } from '@octet/kernel'
import type { MailsContext } from './context.ts'

const limitDefault = 20

/** Stored mails, newest first, without their content. */
export async function listMails(
  ctx: MailsContext,
  { limit = limitDefault, cursor, to, include }: Input<typeof mails, 'listMails'>,
): Promise<Output<typeof mails, 'listMails'>> {
  const found = await ctx.outbox.list({ limit, before: cursor, to })
  const data = found.slice(0, limit)
  const hasMore = found.length > limit
  const total = await totalOf({ include }, rowsMax => ctx.outbox.count({ to, rowsMax }))
  return { data, meta: { limit, nextCursor: hasMore ? (data.at(-1)?.id ?? null) : null, hasMore, ...total } }
}

/** Maps operations to use cases. */
import type { mails } from '@octet/contracts/mails'
import type { Operations } from '@octet/kernel'
import type { MailsContext } from './context.ts'
import { getMail } from './get-mail.ts'
import { listMails } from './list-mails.ts'

export const operations: Operations<typeof mails, MailsContext> = { listMails, getMail }

/** The context of every use case of mails. */
import type { mails } from '@octet/contracts/mails'
import type { Context } from '@octet/kernel'
import type { Outbox } from '@octet/mail'

export interface MailsState {
  readonly outbox: Outbox
}

export type MailsContext = Context<typeof mails, readonly [], MailsState>

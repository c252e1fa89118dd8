/**
 * Mail of all modules: a row in the sender's transaction, then a job that delivers it. A mail leaves if and only if its
 * transaction commits, at least once, with one message id. It is retried for hours and then becomes a dead letter.
 */
import { each, type MigrationSet, newId, openDb, type Queryable, type SlowQueryOptions } from '@octet/db'
import { type Job, type JobSpec, type Jobs, job } from '@octet/jobs'
import type { Log, Metrics } from '@octet/observe'
import type { Secrets } from '@octet/secrets'
import { Type } from 'typebox'
import { isMailAddress, type Mailbox, parseMailbox } from './address.ts'
import { type Content, type Language, type Rendered, render } from './content.ts'
import { Refused, smtpTransport, type Transport } from './smtp.ts'
import * as store from './store.ts'

export const mailMigrations: MigrationSet = {
  module: 'platform_mail',
  folder: new URL('../migrations/', import.meta.url),
  columns: {
    // A row is deleted once its mail is sent, or with its person by `forget`.
    mails: {
      ...each('not-personal', 'id', 'module', 'kind', 'state', 'created_at'),
      ...each('delete', 'user_id', 'recipient', 'subject', 'content', 'error'),
    },
  },
}

export interface Mail {
  /** The kind of mail, for operators: `verify-address`. */
  readonly kind: string
  readonly to: string
  /** The account the mail belongs to; `forget` deletes it with the account. */
  readonly userId?: string
  readonly language: Language
  readonly content: Content
}

/** The mail operations of a module. */
export interface Mailer {
  /**
   * Sends the mail if, and only if, `tx` commits.
   * @throws RangeError when the address is not one plain mailbox ({@link isMailAddress}), or the content exceeds its
   * limits.
   */
  send(tx: store.SenderTx, mail: Mail): Promise<void>
  /** Deletes the module's unsent mails to a user. Returns their number. */
  forget(tx: store.SenderTx, userId: string): Promise<number>
}

export interface KeptMail {
  readonly id: string
  readonly module: string
  readonly kind: string
  readonly to: string
  readonly subject: string
  readonly state: store.MailState
  readonly error: string | null
  readonly createdAt: string
}

/** Mails in the database: all of them without a mail server, else the queued and the refused ones. */
export interface Outbox {
  /** Whether mails leave this installation. Their content is then shown to no caller. */
  readonly delivers: boolean
  /** Newest first: `limit + 1` rows when more follow. `before` is an id. */
  list(page: { limit: number; before?: string; to?: string }): Promise<KeptMail[]>
  /** Counts the mails of the whole list; stops at `rowsMax`. */
  count(list: { to?: string; rowsMax: number }): Promise<number>
  /** The content of a mail; `undefined` when it does not exist, or when mails leave by SMTP. */
  read(id: string): Promise<(KeptMail & Rendered) | undefined>
}

/** Delivers one mail of one module. */
export type DeliveryJob = Job<{ mailId: string }>

export interface PostOffice {
  mailerOf(module: string): Mailer
  readonly outbox: Outbox
  /** The job that delivers a module's mails. Define it in the processes that serve the module. */
  jobOf(module: string): { readonly job: DeliveryJob; readonly spec: JobSpec<{ mailId: string }> }
  /** Deletes kept mails beyond their number and age. */
  prune(): Promise<void>
  close(): Promise<void>
}

export interface SmtpOptions {
  /** `smtp://user:password@host:587`, `smtps://…`. */
  readonly url: string
  /** `Octet <no-reply@example.org>`. */
  readonly from: string
}

export interface PostOfficeOptions {
  readonly databaseUrl: string
  readonly jobs: Pick<Jobs, 'enqueue'>
  readonly secrets: Secrets
  readonly log: Log
  readonly metrics: Metrics
  /** The address of this installation; links in mails lead there and nowhere else. */
  readonly origin: string
  /** Without it mails are kept in the database. */
  readonly smtp?: SmtpOptions
  readonly slowQueries?: SlowQueryOptions
}

const keptMax = 500
const keptDays = 14
/** After 5 s, then twice as long each time up to 15 min: eleven attempts in about an hour and a half. */
const attemptsMax = 11
const backoff = { firstMs: 5_000, maxMs: 15 * 60_000 }
const attemptTimeoutMs = 45_000
const atOnceMax = 2
const errorLengthMax = 500

/** Opens the mail of one process: connects when first needed. */
export function openPostOffice(options: PostOfficeOptions): PostOffice {
  const { jobs, origin, secrets, smtp } = options
  const db = openDb({
    url: options.databaseUrl,
    schema: mailMigrations.module,
    connectionsMax: 2,
    slowQueries: options.slowQueries,
  })
  const transport = smtp === undefined ? undefined : openTransport(smtp, origin)
  const run = createDelivery(options, { db, transport })
  return {
    mailerOf: module => {
      const delivery = deliveryJob(module)
      return {
        async send(tx, { kind, to, userId, language, content }) {
          if (!isMailAddress(to)) throw new RangeError(`no mail can be sent to ${JSON.stringify(to)}`)
          const { subject, text, html } = render(content, { origin, language })
          const mailId = newId()
          const sealed = secrets.seal(JSON.stringify({ text, html }), purposeOf(mailId))
          await store.insertMail(tx, { id: mailId, kind, userId, recipient: to, subject, content: sealed })
          await jobs.enqueue(tx, delivery, { mailId })
        },
        forget: (tx, userId) => store.forgetUser(tx, userId),
      }
    },
    outbox: {
      delivers: transport !== undefined,
      list: async ({ limit, before, to }) => {
        return (await store.listMails(db, { limit, before, recipient: to })).map(keptMailOf)
      },
      count: ({ to, rowsMax }) => store.countMails(db, to, rowsMax),
      async read(id) {
        const row = transport === undefined ? await store.findMail(db, id) : undefined
        if (row === undefined || row.state === 'refused') return undefined
        return { ...keptMailOf(row), ...openContent(secrets, row) }
      },
    },
    jobOf: module => ({
      job: deliveryJob(module),
      spec: { run, attemptsMax, backoff, timeoutMs: attemptTimeoutMs, concurrencyMax: atOnceMax },
    }),
    prune: () => store.pruneMails(db, { keptMax, days: keptDays }),
    async close() {
      transport?.close()
      await db.close()
    },
  }
}

/** Delivers one mail. Running again after a success changes nothing. */
function createDelivery(
  { log, metrics, secrets }: PostOfficeOptions,
  { db, transport }: { db: Queryable; transport: Transport | undefined },
): JobSpec<{ mailId: string }>['run'] {
  const outcomes = metrics.counter({
    name: 'octet_mails_total',
    help: 'Attempts at mails by what became of them.',
    labels: ['outcome'],
  })
  const count = (outcome: 'sent' | 'kept' | 'refused' | 'failed') => outcomes.with({ outcome }).add()

  return async ({ mailId }) => {
    const mail = await store.findMail(db, mailId)
    if (mail === undefined || mail.state !== 'waiting') return // An earlier attempt got that far.
    if (transport === undefined) {
      await store.keepMail(db, mailId)
      return count('kept')
    }
    try {
      const content = openContent(secrets, mail)
      await transport.deliver({ ...content, id: mail.id, to: mail.recipient, sentAt: mail.created_at })
    } catch (error) {
      if (!(error instanceof Refused)) {
        count('failed')
        throw error
      }
      await store.refuseMail(db, mailId, error.message.slice(0, errorLengthMax))
      log.warn({ mailId, kind: mail.kind, module: mail.module }, 'the mail server refused a mail permanently')
      return count('refused')
    }
    await store.deleteMail(db, mailId)
    count('sent')
  }
}

function openContent(secrets: Secrets, row: store.WholeMail): Rendered {
  const { text, html } = JSON.parse(secrets.open(row.content, purposeOf(row.id)).toString())
  return { subject: row.subject, text, html }
}

function deliveryJob(module: string): DeliveryJob {
  return job(`${module}.deliver-mail`, Type.Object({ mailId: Type.String() }))
}

function openTransport({ url, from }: SmtpOptions, origin: string): Transport {
  const mailbox: Mailbox = parseMailbox(from)
  return smtpTransport({ url, from: mailbox, domain: new URL(origin).hostname })
}

function purposeOf(mailId: string): string {
  return `mail ${mailId}`
}

function keptMailOf(row: store.MailRow): KeptMail {
  const { id, module, kind, recipient: to, subject, state, error, created_at: createdAt } = row
  return { id, module, kind, to, subject, state, error, createdAt }
}

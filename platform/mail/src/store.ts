/**
 * All SQL of mail. Sending runs under the module's role in the module's transaction, the rest under mail's own role.
 */
import { countRows, type Queryable, type Sql, type Tx } from '@octet/db'

/** The sender's transaction: the mail commits with it or not at all. */
export type SenderTx = Pick<Tx, 'kind' | 'sql' | 'trace'>

export interface NewMail {
  readonly id: string
  readonly kind: string
  readonly userId: string | undefined
  readonly recipient: string
  readonly subject: string
  readonly content: Buffer
}

export type MailState = 'waiting' | 'kept' | 'refused'

export interface MailRow {
  readonly id: string
  readonly module: string
  readonly kind: string
  readonly recipient: string
  readonly subject: string
  readonly state: MailState
  readonly error: string | null
  readonly created_at: string
}

/** Adds a mail in the caller's transaction. */
export async function insertMail({ sql }: SenderTx, mail: NewMail): Promise<void> {
  await sql`
    select platform_mail.send(
      ${mail.id}::uuid, ${mail.kind}::text, ${mail.userId ?? null}::uuid, ${mail.recipient}::text,
      ${mail.subject}::text, ${mail.content}::bytea)`
}

/** Deletes the calling module's mails to a user that are still here. Returns their number. */
export async function forgetUser({ sql }: SenderTx, userId: string): Promise<number> {
  const [row] = await sql<{ gone: number }[]>`select platform_mail.forget(${userId}::uuid) as gone`
  return row!.gone
}

const columns = (sql: Sql) => sql`id, module, kind, recipient, subject, state, error, created_at`

export interface WholeMail extends MailRow {
  /** Sealed. */
  readonly content: Buffer
}

/** A mail with its content. */
export async function findMail(
  { sql }: Queryable,
  id: string,
): Promise<(MailRow & { readonly content: Buffer }) | undefined> {
  const [row] = await sql<(MailRow & { content: Buffer })[]>`
    select ${columns(sql)}, content from mails where id = ${id}`
  return row
}

/** Mails to an address, ignoring case; all of them without one. */
const mailsTo = (sql: Sql, recipient: string | undefined) => sql`from mails
    where (${recipient ?? null}::text is null or lower(recipient) = lower(${recipient ?? null}::text))`

/** Counts the mails of a list; stops at `rowsMax`. */
export function countMails(db: Queryable, recipient: string | undefined, rowsMax: number): Promise<number> {
  return countRows(db, mailsTo(db.sql, recipient), rowsMax)
}

/** Newest first: `limit + 1` rows when more follow. Ids are UUIDv7, so they sort by time. */
export function listMails(
  { sql }: Queryable,
  { limit, before, recipient }: { limit: number; before: string | undefined; recipient: string | undefined },
): Promise<MailRow[]> {
  return sql<MailRow[]>`
    select ${columns(sql)} ${mailsTo(sql, recipient)}
      and (${before ?? null}::uuid is null or id < ${before ?? null}::uuid)
    order by id desc limit ${limit + 1}`
}

/** Deletes a mail that the mail server has accepted. */
export async function deleteMail({ sql }: Queryable, id: string): Promise<void> {
  await sql`delete from mails where id = ${id}`
}

/** Keeps a mail for administrators to read, because there is no mail server. */
export async function keepMail({ sql }: Queryable, id: string): Promise<void> {
  await sql`update mails set state = 'kept' where id = ${id}`
}

/** Marks a mail as refused: a retry cannot help. Its content is deleted; the reason stays for the operator. */
export async function refuseMail({ sql }: Queryable, id: string, error: string): Promise<void> {
  await sql`update mails set state = 'refused', error = ${error}, content = '' where id = ${id}`
}

/** Deletes all settled mails but the newest `keptMax`, and those older than `days`. */
export async function pruneMails(
  { sql }: Queryable,
  { keptMax, days }: { keptMax: number; days: number },
): Promise<void> {
  await sql`
    delete from mails
    where state <> 'waiting'
      and (created_at < now() - make_interval(days => ${days})
           or id not in (select id from mails where state <> 'waiting' order by id desc limit ${keptMax}))`
  // A mail whose job gave up: the dead letter records it, and a later replay finds nothing to do.
  await sql`delete from mails where state = 'waiting' and created_at < now() - make_interval(days => ${days})`
}

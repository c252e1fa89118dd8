/** SQL of address claims and of links in mails. */
import type { Db, Queryable, Tx } from '@octet/db'
import type { UserRow } from '../account/rules.ts'
import { userColumns } from '../account/store.ts'

const claimHours = 24
const codeTriesMax = 10
export const codeMinutes = 30
export const resetMinutes = 30
export const undoHours = 72

export interface Address {
  readonly email: string
  readonly emailKey: string
}

/** Saves the address that the account claims. Replaces an earlier claim and its code. */
export async function saveClaim({ sql }: Tx, userId: string, { email, emailKey }: Address): Promise<void> {
  await sql`
    insert into address_claims (user_id, email, email_key, expires_at)
    values (${userId}, ${email}, ${emailKey}, clock_timestamp() + make_interval(hours => ${claimHours}))
    on conflict (user_id) do update
    set email = excluded.email, email_key = excluded.email_key, code_hash = null, expires_at = excluded.expires_at`
}

export interface Claim {
  readonly email: string
  readonly email_key: string
}

/** The account's claim while it can still be verified. */
export async function findClaim({ sql }: Queryable, userId: string): Promise<Claim | undefined> {
  const [row] = await sql<Claim[]>`
    select email, email_key from address_claims where user_id = ${userId} and expires_at > clock_timestamp()`
  return row
}

/** Finds the claim and locks it until the transaction ends. */
export async function lockClaim({ sql }: Tx, userId: string): Promise<Claim | undefined> {
  const [row] = await sql<Claim[]>`
    select email, email_key from address_claims where user_id = ${userId} and expires_at > clock_timestamp()
    for update`
  return row
}

/** Replaces the claim's code. */
export async function setCode({ sql }: Tx, userId: string, codeHash: Buffer): Promise<void> {
  await sql`
    update address_claims
    set code_hash = ${codeHash}, tries_left = ${codeTriesMax},
        expires_at = clock_timestamp() + make_interval(mins => ${codeMinutes})
    where user_id = ${userId}`
}

/**
 * Counts an attempt before the code is compared; `false` when no attempts are left. Runs outside any transaction, so a
 * failed attempt counts.
 */
export async function takeCodeTry({ sql }: Db, userId: string): Promise<boolean> {
  const rows = await sql`
    update address_claims set tries_left = tries_left - 1
    where user_id = ${userId} and code_hash is not null and tries_left > 0 and expires_at > clock_timestamp()
    returning true`
  return rows.length === 1
}

/** Takes the claim if the code matches. A single statement, so only one of several concurrent requests succeeds. */
export async function takeClaim({ sql }: Tx, userId: string, codeHash: Buffer): Promise<Claim | undefined> {
  const [row] = await sql<Claim[]>`
    delete from address_claims
    where user_id = ${userId} and code_hash = ${codeHash} and expires_at > clock_timestamp()
    returning email, email_key`
  return row
}

/** Another account that has verified this address. */
export async function findOwner(
  { sql }: Queryable,
  emailKey: string,
  exceptUserId: string,
): Promise<UserRow | undefined> {
  const [row] = await sql<UserRow[]>`
    select ${userColumns(sql)} from users
    where email_key = ${emailKey} and email_verified and id <> ${exceptUserId}`
  return row
}

/**
 * Makes the address the account's own. Deletes claims of other accounts and every link mailed to the address for them.
 * Throws the database error `users_verified_email` when another account verified it first.
 */
export async function ownAddress({ sql }: Tx, userId: string, { email, emailKey }: Address): Promise<UserRow> {
  await sql`
    update users set email = null, email_key = null, version = version + 1, updated_at = clock_timestamp()
    where id = any(array(
      select id from users where email_key = ${emailKey} and id <> ${userId} and not email_verified
      order by id for update))`
  await sql`delete from address_claims where email_key = ${emailKey} or user_id = ${userId}`
  await sql`
    delete from recovery_links
    where (email_key = ${emailKey} and user_id <> ${userId}) or (user_id = ${userId} and kind = 'reset')`
  const [row] = await sql<UserRow[]>`
    update users
    set email = ${email}, email_key = ${emailKey}, email_verified = true, version = version + 1,
        updated_at = clock_timestamp()
    where id = ${userId}
    returning ${userColumns(sql)}`
  if (row === undefined) throw new Error(`account ${userId} vanished under its lock`)
  return row
}

/** Removes the account's address. */
export async function dropAddress({ sql }: Tx, userId: string): Promise<void> {
  await sql`
    update users set email = null, email_key = null, email_verified = false, version = version + 1,
                     updated_at = clock_timestamp()
    where id = ${userId}`
}

/** Sets the password, or removes it with null. Invalidates every access token issued before. */
export async function setPassword({ sql }: Tx, userId: string, hash: string | null): Promise<UserRow> {
  const [row] = await sql<UserRow[]>`
    update users
    set password_hash = ${hash}, access_version = access_version + 1, version = version + 1,
        updated_at = clock_timestamp()
    where id = ${userId}
    returning ${userColumns(sql)}`
  if (row === undefined) throw new Error(`account ${userId} vanished under its lock`)
  return row
}

/** Changes the password without invalidating access tokens: the caller ends the affected sessions one by one. */
export async function replacePassword({ sql }: Tx, userId: string, hash: string): Promise<void> {
  await sql`
    update users set password_hash = ${hash}, version = version + 1, updated_at = clock_timestamp()
    where id = ${userId}`
}

// ---- links ------------------------------------------------------------------------------------------------------

export interface RecoveryLink {
  readonly user_id: string
  readonly email: string
  readonly email_key: string
  readonly created_at: string
}

/** Stores the hash of a new link. */
export async function insertLink(
  { sql }: Tx,
  link: Address & { readonly userId: string; readonly kind: 'reset' | 'undo'; readonly tokenHash: Buffer },
): Promise<void> {
  const lifeMinutes = link.kind === 'reset' ? resetMinutes : undoHours * 60
  await sql`
    insert into recovery_links (token_hash, user_id, kind, email, email_key, expires_at)
    values (${link.tokenHash}, ${link.userId}, ${link.kind}, ${link.email}, ${link.emailKey},
            clock_timestamp() + make_interval(mins => ${lifeMinutes}))`
}

/** The owner of a valid link. Lets the caller refuse before any expensive work. */
export async function findLink(
  { sql }: Queryable,
  kind: 'reset' | 'undo',
  tokenHash: Buffer,
): Promise<UserRow | undefined> {
  const [row] = await sql<UserRow[]>`
    select ${userColumns(sql)} from users
    where id = (
      select user_id from recovery_links
      where token_hash = ${tokenHash} and kind = ${kind} and expires_at > clock_timestamp())`
  return row
}

/** Takes the link. A single statement, so only one of several concurrent requests succeeds. */
export async function takeLink(
  { sql }: Tx,
  kind: 'reset' | 'undo',
  tokenHash: Buffer,
): Promise<RecoveryLink | undefined> {
  const [row] = await sql<RecoveryLink[]>`
    delete from recovery_links
    where token_hash = ${tokenHash} and kind = ${kind} and expires_at > clock_timestamp()
    returning user_id, email, email_key, created_at`
  return row
}

/** Deletes reset links: on a new request, on use, and when the address changes. */
export async function dropResets({ sql }: Tx, userId: string): Promise<void> {
  await sql`delete from recovery_links where user_id = ${userId} and kind = 'reset'`
}

/** Deletes links mailed after the change that was undone. */
export async function dropLinksSince({ sql }: Tx, userId: string, since: string): Promise<void> {
  await sql`
    delete from recovery_links
    where user_id = ${userId} and (kind = 'reset' or created_at >= ${since}::timestamptz)`
}

export async function dropClaim({ sql }: Tx, userId: string): Promise<void> {
  await sql`delete from address_claims where user_id = ${userId}`
}

/** Counts a mail to the address; `false` when the daily quota is used up. */
export async function takeMailAllowance(
  { sql }: Tx,
  { kind, emailHash, max }: { kind: string; emailHash: Buffer; max: number },
): Promise<boolean> {
  const [row] = await sql<{ sent: number }[]>`
    insert into mail_allowances as known (kind, email_hash, sent, window_until)
    values (${kind}, ${emailHash}, 1, clock_timestamp() + interval '1 day')
    on conflict (kind, email_hash) do update set
      sent = case when known.window_until < clock_timestamp() then 1 else known.sent + 1 end,
      window_until = case when known.window_until < clock_timestamp() then excluded.window_until
                          else known.window_until end
    returning sent`
  return (row?.sent ?? 0) <= max
}

/** Deletes expired rows. */
export async function forgetExpired({ sql }: Db): Promise<void> {
  await sql`delete from address_claims where expires_at < clock_timestamp()`
  await sql`delete from recovery_links where expires_at < clock_timestamp()`
  await sql`delete from mail_allowances where window_until < clock_timestamp()`
}

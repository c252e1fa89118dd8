/** SQL that removes sign-in methods. Every new kind of credential must be added here. */
import type { Tx } from '@octet/db'

/**
 * Removes every sign-in method except the password and publishes the change to all processes. Used when an account
 * turns out to belong to another person. With `since`, removes only methods added after that time.
 */
export async function dropCredentials(
  tx: Tx,
  userId: string,
  { since = null, keepMs }: { since?: string | null; keepMs: number },
): Promise<void> {
  const { sql } = tx
  const from = sql`coalesce(${since}::timestamptz, '-infinity')`
  await sql`delete from external_identities where user_id = ${userId} and linked_at >= ${from}`
  await sql`delete from passkeys where user_id = ${userId} and created_at >= ${from}`
  await sql`
    with ended as (
      update api_keys set revoked_at = clock_timestamp(), revoke_reason = 'revoked'
      where user_id = ${userId} and created_at >= ${from} and revoked_at is null
      returning id
    )
    insert into revocations (kind, subject, expires_at)
    select 'key', id, clock_timestamp() + make_interval(secs => ${keepMs / 1000}) from ended`
  // Recovery codes have no purpose without the authenticator app.
  await sql`
    with gone as (delete from totp_secrets where user_id = ${userId} and created_at >= ${from} returning user_id)
    delete from recovery_codes where user_id = any(array(select user_id from gone))`
  await dropChallenges(tx, userId)
}

/** Cancels sign-ins that wait for a second factor, because their first factor has changed. */
export async function dropChallenges({ sql }: Tx, userId: string): Promise<void> {
  await sql`delete from sign_in_challenges where user_id = ${userId}`
}

/** Whether the account has a sign-in method: a password, a passkey or an account at one of these providers. */
export async function hasSignInMethod({ sql }: Tx, userId: string, providers: readonly string[]): Promise<boolean> {
  const rows = await sql`
    select from users
    where id = ${userId} and (
      password_hash is not null
      or exists (select from passkeys where user_id = users.id)
      or exists (select from external_identities
                 where user_id = users.id and provider = any(${[...providers]}::text[])))`
  return rows.length === 1
}

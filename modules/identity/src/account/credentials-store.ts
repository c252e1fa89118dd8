/** SQL that takes ways into an account away. Whoever adds a kind of credential adds it here. */
import type { Tx } from '@octet/db'

/**
 * Takes every way in but the password from an account that turned out to be somebody else's, and tells every process;
 * with `since`, only those added since an account was taken over.
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
  // Without its app, recovery codes are nothing.
  await sql`
    with gone as (delete from totp_secrets where user_id = ${userId} and created_at >= ${from} returning user_id)
    delete from recovery_codes where user_id = any(array(select user_id from gone))`
  await dropChallenges(tx, userId)
}

/** Ends sign-ins that wait for their second factor: their first one has changed. */
export async function dropChallenges({ sql }: Tx, userId: string): Promise<void> {
  await sql`delete from sign_in_challenges where user_id = ${userId}`
}

/** Whether anything signs in to the account: a password, a passkey, an account at one of these providers. */
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

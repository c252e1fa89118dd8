/** SQL that exports and erases the personal data identity stores. */
import type { Queryable, Tx } from '@octet/db'

/** The account without its secrets. */
export async function accountOf({ sql }: Queryable, userId: string): Promise<object[]> {
  return await sql`
    select id, username, display_name, bio, email, email_verified, to_json(roles) as roles, preferences, created_at,
           updated_at
    from users where id = ${userId}`
}

const devicesMax = 10_000

/** Devices with a current or past session of the account. */
export async function devicesOf({ sql }: Queryable, userId: string): Promise<object[]> {
  return await sql`
    select id, kind, user_agent, address_prefix, created_at, last_seen_at, revoked_at, revoke_reason
    from sessions where user_id = ${userId} order by created_at limit ${devicesMax}`
}

const rowsMax = 10_000

/** The account's API keys without their secrets. */
export async function apiKeysOf({ sql }: Queryable, userId: string): Promise<object[]> {
  return await sql`
    select id, lookup, kind, name, to_json(scopes) as scopes, created_at, expires_at, last_used_at, revoked_at
    from api_keys where user_id = ${userId} order by created_at limit ${rowsMax}`
}

/** The account's audit entries. */
export async function auditOf({ sql }: Queryable, userId: string): Promise<object[]> {
  return await sql`
    select seq, at, action, by, address, user_agent, details
    from audit_log where user_id = ${userId} order by seq limit ${rowsMax}`
}

/** Accounts that this account has blocked. */
export async function blocksOf({ sql }: Queryable, userId: string): Promise<object[]> {
  return await sql`
    select username, user_blocks.created_at from user_blocks join users on users.id = blocked_id
    where blocker_id = ${userId} order by user_blocks.created_at limit ${rowsMax}`
}

/** Reports that this account filed. */
export async function reportsOf({ sql }: Queryable, userId: string): Promise<object[]> {
  return await sql`
    select username as about, reason, note, user_reports.created_at, outcome
    from user_reports join users on users.id = subject_id
    where reporter_id = ${userId} order by user_reports.created_at limit ${rowsMax}`
}

/** Clears the text of reports filed by the account. The foreign key clears the reference. */
export async function forgetReporter({ sql }: Tx, userId: string): Promise<void> {
  await sql`update user_reports set note = '' where reporter_id = ${userId}`
}

/** Provider accounts that can sign in to this account. */
export async function providersOf({ sql }: Queryable, userId: string): Promise<object[]> {
  return await sql`
    select provider, issuer, subject, label, linked_at, used_at from external_identities
    where user_id = ${userId} order by linked_at`
}

/** Names of the passkeys. Their key material is useless without the device. */
export async function passkeysOf({ sql }: Queryable, userId: string): Promise<object[]> {
  return await sql`
    select id, name, is_backed_up, guards_password, created_at, last_used_at
    from passkeys where user_id = ${userId} order by created_at`
}

/** Deletes the account. Foreign keys delete everything that belongs to it. */
export async function deleteAccount({ sql }: Tx, userId: string): Promise<void> {
  await sql`delete from users where id = ${userId}`
}

/** Number of account rows that are left. */
export async function countAccountRows({ sql }: Queryable, userId: string): Promise<number> {
  const [row] = await sql<{ rows: number }[]>`
    select ((select count(*) from users where id = ${userId})
      + (select count(*) from sessions where user_id = ${userId})
      + (select count(*) from api_keys where user_id = ${userId})
      + (select count(*) from audit_log where user_id = ${userId} or other_user_id = ${userId})
      + (select count(*) from user_blocks where blocker_id = ${userId} or blocked_id = ${userId})
      + (select count(*) from user_reports where ${userId} in (subject_id, reporter_id, resolver_id)))::int as rows`
  return row?.rows ?? 0
}

/** SQL of accounts. */
import type { Role } from '@octet/contracts'
import { countRows, type Db, type Queryable, type Sql, type Tx } from '@octet/db'
import type { Position } from '@octet/kernel'
import type { UserRow } from './rules.ts'

/**
 * All columns of an account. Arrays are sent as JSON because the driver would otherwise query array types on every
 * connection.
 */
export const userColumns = (sql: Sql) => sql`
  users.id, username, display_name, bio, avatar_hash, email, email_key, email_verified, password_hash,
  to_json(roles) as roles, preferences, access_version, version, users.created_at, disabled_at, disabled_reason`

export interface NewUser {
  readonly id: string
  readonly username: string
  readonly usernameKey: string
  readonly email: string | null
  readonly emailKey: string | null
  readonly passwordHash: string | null
  readonly roles: readonly Role[]
}

/**
 * Inserts the account; `false` when the name is taken. There is no check before the insert: two requests could both
 * pass it.
 */
export async function insertUser({ sql }: Tx, user: NewUser): Promise<boolean> {
  const rows = await sql`
    insert into users (id, username, username_key, display_name, email, email_key, password_hash, roles)
    values (${user.id}, ${user.username}, ${user.usernameKey}, ${user.username}, ${user.email}, ${user.emailKey},
            ${user.passwordHash}, ${[...user.roles]}::text[])
    on conflict on constraint users_username_unique do nothing
    returning true`
  return rows.length === 1
}

/** Deletes accounts that never belonged to a person. Accounts of people are erased. */
export async function deleteUsers({ sql }: Tx, ids: readonly string[]): Promise<void> {
  await sql`delete from users where id = any(${[...ids]}::uuid[])`
}

/** An account by its id. */
export async function findUser({ sql }: Queryable, id: string): Promise<UserRow | undefined> {
  const [row] = await sql<UserRow[]>`select ${userColumns(sql)} from users where id = ${id}`
  return row
}

/**
 * Finds an account by name or address. For an address the verified account wins, otherwise the oldest that claims it.
 */
export async function findUserByLogin(
  { sql }: Queryable,
  login: { readonly usernameKey: string } | { readonly emailKey: string },
): Promise<UserRow | undefined> {
  const [row] =
    'emailKey' in login
      ? await sql<UserRow[]>`
          select ${userColumns(sql)} from users where email_key = ${login.emailKey}
          order by email_verified desc, created_at, id limit 1`
      : await sql<UserRow[]>`select ${userColumns(sql)} from users where username_key = ${login.usernameKey}`
  return row
}

/** Replaces a hash with a more expensive one of the same password, unless the password has changed meanwhile. */
export async function rehashPassword({ sql }: Db, id: string, hash: { old: string; new: string }): Promise<void> {
  await sql`update users set password_hash = ${hash.new} where id = ${id} and password_hash = ${hash.old}`
}

export interface ProfileChange {
  readonly displayName: string | undefined
  readonly bio: string | undefined
  /** Merged into the existing preferences. */
  readonly preferences: UserRow['preferences'] | undefined
  /** Update only if the account has this version. */
  readonly ifVersion: number | undefined
}

/** Updates the profile. `undefined` when no account has that id and version. */
export async function updateUser({ sql }: Tx, id: string, change: ProfileChange): Promise<UserRow | undefined> {
  const [row] = await sql<UserRow[]>`
    update users
    set display_name = coalesce(${change.displayName ?? null}, display_name),
        bio = coalesce(${change.bio ?? null}, bio),
        preferences = preferences || ${sql.json((change.preferences ?? {}) as never)},
        version = version + 1, updated_at = clock_timestamp()
    where id = ${id} and version = coalesce(${change.ifVersion ?? null}, version)
    returning ${userColumns(sql)}`
  return row
}

/** Records which picture counts; `null` for none. */
export async function setAvatarHash({ sql }: Tx, id: string, hash: string | null): Promise<UserRow> {
  const [row] = await sql<UserRow[]>`
    update users set avatar_hash = ${hash}, version = version + 1, updated_at = clock_timestamp()
    where id = ${id}
    returning ${userColumns(sql)}`
  if (row === undefined) throw new Error(`account ${id} vanished under its lock`)
  return row
}

/** Whether this is the account's picture and the viewer may see it: like the profile. */
export async function showsAvatar(
  { sql }: Queryable,
  { userId, hash, viewerId }: { userId: string; hash: string; viewerId: string },
): Promise<boolean> {
  const rows = await sql`
    select 1 from users
    where id = ${userId} and avatar_hash = ${hash} and disabled_at is null
      and not exists (select 1 from user_blocks where blocker_id = users.id and blocked_id = ${viewerId})`
  return rows.length === 1
}

/** Locks all active administrators in one order, so two requests cannot remove each other's last administrator. */
export async function lockAdmins({ sql }: Tx): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select id from users where 'admin' = any(roles) and disabled_at is null order by id for update`
  return rows.map(({ id }) => id)
}

/** Finds an account and locks it until the transaction ends. */
export async function lockUser({ sql }: Tx, id: string): Promise<UserRow | undefined> {
  const [row] = await sql<UserRow[]>`select ${userColumns(sql)} from users where id = ${id} for update`
  return row
}

/** Sets the roles and invalidates every token issued before. */
export async function setRoles({ sql }: Tx, id: string, roles: readonly Role[]): Promise<UserRow> {
  const [row] = await sql<UserRow[]>`
    update users
    set roles = ${[...roles]}::text[], access_version = access_version + 1, version = version + 1,
        updated_at = clock_timestamp()
    where id = ${id}
    returning ${userColumns(sql)}`
  if (row === undefined) throw new Error(`account ${id} vanished under its lock`)
  return row
}

/** Disables an account with a reason, or enables it again. Invalidates every token issued before. */
export async function setDisabled({ sql }: Tx, id: string, reason: string | null): Promise<UserRow> {
  const [row] = await sql<UserRow[]>`
    update users
    set disabled_at = case when ${reason}::text is null then null else clock_timestamp() end,
        disabled_reason = ${reason}, access_version = access_version + 1, version = version + 1,
        updated_at = clock_timestamp()
    where id = ${id}
    returning ${userColumns(sql)}`
  if (row === undefined) throw new Error(`account ${id} vanished under its lock`)
  return row
}

/** Sorts after every character allowed in a name. */
const lastCharacter = '\u{10ffff}'

/** The accounts whose name starts with `q`, ignoring case; all of them without it. */
function usersNamed(sql: Sql, q: string | undefined) {
  // A range instead of LIKE: for a prepared LIKE the planner cannot know that the only wildcard is at the end.
  const start = q?.toLowerCase()
  return sql`from users
    where true
    ${start === undefined ? sql`` : sql`and lower(username) collate "C" between ${start} and ${start + lastCharacter}`}`
}

/** Counts the accounts of a list; stops at `rowsMax`. */
export function countUsers(db: Queryable, q: string | undefined, rowsMax: number): Promise<number> {
  return countRows(db, usersNamed(db.sql, q), rowsMax)
}

/** Returns one more row than `limit` when a next page exists. Uses users_newest, or users_by_name_start with `q`. */
export function listUsers(
  { sql }: Queryable,
  { limit, after, q }: { limit: number; after: Position | undefined; q: string | undefined },
): Promise<UserRow[]> {
  return sql<UserRow[]>`
    select ${userColumns(sql)} ${usersNamed(sql, q)}
    ${after === undefined ? sql`` : sql`and (created_at, id) < (${after.at}::timestamptz, ${after.id}::uuid)`}
    order by created_at desc, id desc
    limit ${limit + 1}`
}

export function findUsers({ sql }: Queryable, ids: readonly string[]): Promise<UserRow[]> {
  return sql<UserRow[]>`select ${userColumns(sql)} from users where id = any(${[...ids]}::uuid[])`
}

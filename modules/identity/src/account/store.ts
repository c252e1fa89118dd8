/** SQL about accounts. The handle comes first; pass the `Tx` when there is one. */
import type { Role } from '@octet/contracts'
import type { Db, Queryable, Sql, Tx } from '@octet/db'
import type { Position } from '@octet/kernel'
import type { UserRow } from './rules.ts'

/** An account whole. Arrays leave as JSON: to know array types the driver would ask the server at each connection. */
export const userColumns = (sql: Sql) => sql`
  users.id, username, display_name, email, email_key, email_verified, password_hash, to_json(roles) as roles,
  preferences, access_version, version, users.created_at, disabled_at, disabled_reason`

export interface NewUser {
  readonly id: string
  readonly username: string
  readonly usernameKey: string
  readonly email: string | null
  readonly emailKey: string | null
  readonly passwordHash: string | null
  readonly roles: readonly Role[]
}

/** Inserts the account; `false` when its name is taken. Insert first, ask never: a check before lets two pass it. */
export async function insertUser({ sql }: Tx, user: NewUser): Promise<boolean> {
  const rows = await sql`
    insert into users (id, username, username_key, display_name, email, email_key, password_hash, roles)
    values (${user.id}, ${user.username}, ${user.usernameKey}, ${user.username}, ${user.email}, ${user.emailKey},
            ${user.passwordHash}, ${[...user.roles]}::text[])
    on conflict on constraint users_username_unique do nothing
    returning true`
  return rows.length === 1
}

/** Deletes accounts that never belonged to a person; those of people are erased. */
export async function deleteUsers({ sql }: Tx, ids: readonly string[]): Promise<void> {
  await sql`delete from users where id = any(${[...ids]}::uuid[])`
}

/** An account by its id. */
export async function findUser({ sql }: Queryable, id: string): Promise<UserRow | undefined> {
  const [row] = await sql<UserRow[]>`select ${userColumns(sql)} from users where id = ${id}`
  return row
}

/** The account of a name, or of an address: the verified one, else the oldest that claims it. */
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

/** Replaces a hash by a costlier one of the same password, unless the password was changed meanwhile. */
export async function rehashPassword({ sql }: Db, id: string, hash: { old: string; new: string }): Promise<void> {
  await sql`update users set password_hash = ${hash.new} where id = ${id} and password_hash = ${hash.old}`
}

export interface ProfileChange {
  readonly displayName: string | undefined
  /** Laid over what is there. */
  readonly preferences: UserRow['preferences'] | undefined
  /** Change only this version. */
  readonly ifVersion: number | undefined
}

/** `undefined` when there is no such account at that version. */
export async function updateUser({ sql }: Tx, id: string, change: ProfileChange): Promise<UserRow | undefined> {
  const [row] = await sql<UserRow[]>`
    update users
    set display_name = coalesce(${change.displayName ?? null}, display_name),
        preferences = preferences || ${sql.json((change.preferences ?? {}) as never)},
        version = version + 1, updated_at = clock_timestamp()
    where id = ${id} and version = coalesce(${change.ifVersion ?? null}, version)
    returning ${userColumns(sql)}`
  return row
}

/** Holds every administrator who can act, in one order, so that no two requests each take away the other's last one. */
export async function lockAdmins({ sql }: Tx): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select id from users where 'admin' = any(roles) and disabled_at is null order by id for update`
  return rows.map(({ id }) => id)
}

/** The same, held against other writers until the transaction ends. */
export async function lockUser({ sql }: Tx, id: string): Promise<UserRow | undefined> {
  const [row] = await sql<UserRow[]>`select ${userColumns(sql)} from users where id = ${id} for update`
  return row
}

/** Sets the roles and makes every token issued before worthless. */
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

/** Shuts an account out for a reason, or lets it in again, and makes every token issued before worthless. */
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

/** Sorts after everything that may follow it in a name. */
const lastCharacter = '\u{10ffff}'

/** One more row than `limit` when there is a next page. Served by users_newest, or users_by_name_start with `q`. */
export function listUsers(
  { sql }: Queryable,
  { limit, after, q }: { limit: number; after: Position | undefined; q: string | undefined },
): Promise<UserRow[]> {
  // A range and not LIKE: of a prepared LIKE the planner does not know that the pattern ends in its only wildcard.
  const start = q?.toLowerCase()
  return sql<UserRow[]>`
    select ${userColumns(sql)} from users
    where true
    ${after === undefined ? sql`` : sql`and (created_at, id) < (${after.at}::timestamptz, ${after.id}::uuid)`}
    ${start === undefined ? sql`` : sql`and lower(username) collate "C" between ${start} and ${start + lastCharacter}`}
    order by created_at desc, id desc
    limit ${limit + 1}`
}

export function findUsers({ sql }: Queryable, ids: readonly string[]): Promise<UserRow[]> {
  return sql<UserRow[]>`select ${userColumns(sql)} from users where id = any(${[...ids]}::uuid[])`
}

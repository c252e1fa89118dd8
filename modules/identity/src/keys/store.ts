/** SQL of API keys. */
import type { Role } from '@octet/contracts'
import type { Db, Queryable, Sql, Tx } from '@octet/db'
import type { Position } from '@octet/kernel'

export interface ApiKeyRow {
  readonly id: string
  readonly lookup: string
  readonly name: string
  readonly scopes: string[]
  readonly last4: string
  readonly created_at: string
  readonly expires_at: string
  readonly last_used_at: string | null
}

const columns = (sql: Sql) => sql`
  api_keys.id, lookup, name, to_json(scopes) as scopes, last4, api_keys.created_at, expires_at, last_used_at`
const isAlive = (sql: Sql) => sql`revoked_at is null and expires_at > clock_timestamp()`

export interface NewApiKeyRow {
  readonly id: string
  readonly userId: string
  readonly lookup: string
  readonly secretHash: Buffer
  readonly last4: string
  readonly name: string
  readonly scopes: readonly string[]
  readonly expiresInDays: number
}

/** Inserts an active key. */
export async function insertApiKey({ sql }: Tx, key: NewApiKeyRow): Promise<ApiKeyRow> {
  const [row] = await sql<ApiKeyRow[]>`
    insert into api_keys (id, lookup, user_id, kind, name, scopes, secret_hash, last4, expires_at)
    values (${key.id}, ${key.lookup}, ${key.userId}, 'pat', ${key.name}, ${[...key.scopes]}::text[],
            ${key.secretHash}, ${key.last4}, clock_timestamp() + make_interval(days => ${key.expiresInDays}))
    returning ${columns(sql)}`
  if (row === undefined) throw new Error('an insert returned no row')
  return row
}

/** Number of a user's active keys. */
export async function countApiKeys({ sql }: Queryable, userId: string): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int from api_keys where user_id = ${userId} and ${isAlive(sql)}`
  return row?.count ?? 0
}

/** Active keys, newest first. Returns one more row than `limit` when a next page exists. Uses api_keys_of_user. */
export function listLiveApiKeys(
  { sql }: Queryable,
  { userId, limit, after }: { userId: string; limit: number; after: Position | undefined },
): Promise<ApiKeyRow[]> {
  return sql<ApiKeyRow[]>`
    select ${columns(sql)} from api_keys
    where user_id = ${userId} and ${isAlive(sql)}
    ${after === undefined ? sql`` : sql`and (created_at, id) < (${after.at}::timestamptz, ${after.id}::uuid)`}
    order by created_at desc, id desc
    limit ${limit + 1}`
}

/** The rights of a request with an API key: the key's scopes and its owner's current roles. */
export interface LiveApiKey {
  readonly id: string
  readonly user_id: string
  readonly name: string
  readonly scopes: string[]
  readonly secret_hash: Buffer
  readonly roles: Role[]
  readonly email_verified: boolean
  readonly access_version: number
  /** Unix milliseconds by the database's clock. */
  readonly expires_at_ms: number
}

/** An active key, by its public part. */
export async function findApiKey({ sql }: Queryable, lookup: string): Promise<LiveApiKey | undefined> {
  const [row] = await sql<LiveApiKey[]>`
    select api_keys.id, user_id, name, to_json(scopes) as scopes, secret_hash, to_json(roles) as roles, email_verified,
           access_version,
           extract(epoch from expires_at)::float8 * 1000 as expires_at_ms
    from api_keys join users on users.id = api_keys.user_id
    where lookup = ${lookup} and users.disabled_at is null and ${isAlive(sql)}`
  return row
}

/** The current rights of the key's owner, if the key is active. */
export async function findLiveApiKey(
  { sql }: Queryable,
  id: string,
): Promise<{ readonly access_version: number } | undefined> {
  const [row] = await sql<{ access_version: number }[]>`
    select access_version from api_keys join users on users.id = api_keys.user_id
    where api_keys.id = ${id} and users.disabled_at is null and ${isAlive(sql)}`
  return row
}

/** The owner of a key, active or not. */
export async function findApiKeyOwner({ sql }: Queryable, id: string): Promise<string | undefined> {
  const [row] = await sql<{ user_id: string }[]>`select user_id from api_keys where id = ${id}`
  return row?.user_id
}

/** Revokes a key and publishes that to every process, in one statement. `undefined` when the key was not active. */
export async function revokeKey(
  { sql }: Tx,
  id: string,
  { reason, keepMs }: { reason: 'revoked' | 'leaked'; keepMs: number },
): Promise<{ readonly name: string; readonly lookup: string } | undefined> {
  const [row] = await sql<{ name: string; lookup: string }[]>`
    with ended as (
      update api_keys set revoked_at = clock_timestamp(), revoke_reason = ${reason}
      where id = ${id} and revoked_at is null
      returning id, name, lookup
    ), told as (
      insert into revocations (kind, subject, expires_at)
      select 'key', id, clock_timestamp() + make_interval(secs => ${keepMs / 1000}) from ended
    )
    select name, lookup from ended`
  return row
}

/** Records the use of keys, at most once a minute each. Rows are locked in one order, skipping rows that are locked. */
export async function touchApiKeys({ sql }: Db, ids: readonly string[]): Promise<void> {
  await sql`
    update api_keys set last_used_at = clock_timestamp()
    where id = any(array(
      select id from api_keys
      where id = any(${[...ids]}::uuid[]) and ${isAlive(sql)}
        and (last_used_at is null or last_used_at < clock_timestamp() - interval '55 seconds')
      order by id
      for update skip locked))`
}

/** Deletes keys that ended `ageDays` ago. Bounded per call. */
export async function forgetApiKeys({ sql }: Db, ageDays: number): Promise<void> {
  await sql`
    delete from api_keys where ctid = any(array(
      select ctid from api_keys
      where least(expires_at, coalesce(revoked_at, expires_at)) < now() - make_interval(days => ${ageDays})
      limit 10000))`
}

/** SQL about signing keys. */
import type { Queryable, Tx } from '@octet/db'
import type { JWK } from 'jose'

/** One number per purpose; `pg_advisory_xact_lock` knows no names. */
const keyCreationLock = 6_031_769_912
const keysMax = 20

export interface KeyRow {
  readonly kid: string
  readonly public_jwk: JWK
  readonly private_jwk: JWK
  /** May sign now; others only verify, or are yet to come. */
  readonly signs: boolean
}

/** Keys that sign, keys to come, and keys retired less than `verifyMinutes` ago; the newest first. */
export async function readKeys({ sql }: Queryable, verifyMinutes: number): Promise<KeyRow[]> {
  return sql<KeyRow[]>`
    select kid, public_jwk, private_jwk, (retired_at is null and not_before <= clock_timestamp()) as signs
    from signing_keys
    where retired_at is null or retired_at > clock_timestamp() - make_interval(mins => ${verifyMinutes})
    order by not_before desc, kid desc
    limit ${keysMax}`
}

/** Lets one transaction at a time decide whether a key is to be made. */
export async function lockKeyCreation({ sql }: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(${keyCreationLock})`
}

/** Adds a key that signs from now on. */
export async function insertKey({ sql }: Tx, key: { kid: string; publicJwk: JWK; privateJwk: JWK }): Promise<void> {
  await sql`
    insert into signing_keys (kid, public_jwk, private_jwk)
    values (${key.kid}, ${sql.json(key.publicJwk as never)}, ${sql.json(key.privateJwk as never)})`
}

/** The key of a name: the given one where there was none. */
export async function readOrInsertModuleKey(
  { sql }: Queryable,
  { name, value }: { name: string; value: Buffer },
): Promise<Buffer> {
  await sql`insert into module_keys (name, value) values (${name}, ${value}) on conflict (name) do nothing`
  const [row] = await sql<{ value: Buffer }[]>`select value from module_keys where name = ${name}`
  if (row === undefined) throw new Error(`the module's key "${name}" vanished`)
  return row.value
}

/** SQL of the module's keys. Private keys are stored sealed. */
import type { Db, Queryable, Tx } from '@octet/db'
import type { JWK } from 'jose'

/** Number of the advisory lock. Each purpose has its own. */
const keyCreationLock = 6_031_769_912
const keysMax = 20

export interface KeyRow {
  readonly kid: string
  readonly public_jwk: JWK
  readonly private_sealed: Buffer | null
  /** Only set for keys created before sealing existed. */
  readonly private_jwk: JWK | null
  /** Signs now. Other keys only verify, or start later. */
  readonly signs: boolean
  /** Hours since it started to sign; negative for a future key. */
  readonly age_hours: number
}

/** Signing keys, future keys, and keys retired less than `verifyMinutes` ago, newest first. */
export async function readKeys({ sql }: Queryable, verifyMinutes: number): Promise<KeyRow[]> {
  return sql<KeyRow[]>`
    select kid, public_jwk, private_sealed, private_jwk,
           (retired_at is null and not_before <= clock_timestamp()) as signs,
           extract(epoch from clock_timestamp() - not_before)::float8 / 3600 as age_hours
    from signing_keys
    where retired_at is null or retired_at > clock_timestamp() - make_interval(mins => ${verifyMinutes})
    order by not_before desc, kid desc
    limit ${keysMax}`
}

/** Serialises the decision to create a key. */
export async function lockKeyCreation({ sql }: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(${keyCreationLock})`
}

export interface NewKey {
  readonly kid: string
  readonly publicJwk: JWK
  readonly privateSealed: Buffer
}

/** Adds a key that is published at once and signs from `inHours` on. */
export async function insertKey({ sql }: Tx, key: NewKey, inHours: number): Promise<void> {
  await sql`
    insert into signing_keys (kid, public_jwk, private_sealed, not_before)
    values (${key.kid}, ${sql.json(key.publicJwk as never)}, ${key.privateSealed},
            clock_timestamp() + make_interval(secs => ${inHours * 3600}))`
}

/** Replaces a plain private key with its sealed form. */
export async function sealKey({ sql }: Db, kid: string, privateSealed: Buffer): Promise<void> {
  await sql`
    update signing_keys set private_sealed = ${privateSealed}, private_jwk = null
    where kid = ${kid} and private_jwk is not null`
}

/**
 * Retires keys that a newer one replaced `graceHours` ago: they stop signing and their private parts are deleted.
 * Deletes keys retired a day ago. Returns the number of retired keys.
 */
export async function retireKeys({ sql }: Tx, graceHours: number): Promise<number> {
  await sql`delete from signing_keys where retired_at < clock_timestamp() - interval '1 day'`
  const rows = await sql`
    update signing_keys as old
    set retired_at = clock_timestamp(), private_jwk = null, private_sealed = null
    where retired_at is null and exists (
      select 1 from signing_keys as newer
      where newer.retired_at is null and newer.not_before > old.not_before
        and newer.not_before <= clock_timestamp() - make_interval(secs => ${graceHours * 3600}))
    returning true`
  return rows.length
}

/** The stored key of a name; inserts the given one if the name is new. */
export async function readOrInsertModuleKey(
  { sql }: Db,
  { name, value }: { name: string; value: Buffer },
): Promise<Buffer> {
  await sql`insert into module_keys (name, value) values (${name}, ${value}) on conflict (name) do nothing`
  const [row] = await sql<{ value: Buffer }[]>`select value from module_keys where name = ${name}`
  if (row === undefined) throw new Error(`the module's key "${name}" vanished`)
  return row.value
}

/** Replaces the key of a name, unless another process did so first. */
export async function replaceModuleKey(
  { sql }: Db,
  { name, before, after }: { name: string; before: Buffer; after: Buffer },
): Promise<void> {
  await sql`update module_keys set value = ${after} where name = ${name} and value = ${before}`
}

/** SQL about the module's keys. Private ones are read and written sealed. */
import type { Db, Queryable, Tx } from '@octet/db'
import type { JWK } from 'jose'

/** One number per purpose; `pg_advisory_xact_lock` knows no names. */
const keyCreationLock = 6_031_769_912
const keysMax = 20

export interface KeyRow {
  readonly kid: string
  readonly public_jwk: JWK
  readonly private_sealed: Buffer | null
  /** Of keys made before they were sealed. */
  readonly private_jwk: JWK | null
  /** May sign now; others only verify, or are yet to come. */
  readonly signs: boolean
  /** Since when it may sign, hours; negative for a key to come. */
  readonly age_hours: number
}

/** Keys that sign, keys to come, and keys retired less than `verifyMinutes` ago; the newest first. */
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

/** Lets one transaction at a time decide whether a key is to be made. */
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

/** Replaces a plain private key by its sealed form. */
export async function sealKey({ sql }: Db, kid: string, privateSealed: Buffer): Promise<void> {
  await sql`
    update signing_keys set private_sealed = ${privateSealed}, private_jwk = null
    where kid = ${kid} and private_jwk is not null`
}

/**
 * Retires the keys that a newer one has replaced for `graceHours`: they sign no more and their private parts are gone.
 * Deletes those retired a day ago. Returns how many were retired.
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

/** The key of a name as kept: the given one where there was none. */
export async function readOrInsertModuleKey(
  { sql }: Db,
  { name, value }: { name: string; value: Buffer },
): Promise<Buffer> {
  await sql`insert into module_keys (name, value) values (${name}, ${value}) on conflict (name) do nothing`
  const [row] = await sql<{ value: Buffer }[]>`select value from module_keys where name = ${name}`
  if (row === undefined) throw new Error(`the module's key "${name}" vanished`)
  return row.value
}

/** Replaces what is kept under a name, unless somebody did before. */
export async function replaceModuleKey(
  { sql }: Db,
  { name, before, after }: { name: string; before: Buffer; after: Buffer },
): Promise<void> {
  await sql`update module_keys set value = ${after} where name = ${name} and value = ${before}`
}

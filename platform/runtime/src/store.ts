/** All SQL of the runtime. */
import type { Queryable, Tx } from '@octet/db'
import type { JWK } from 'jose'

const keyLifeHours = 24

/** Shows a public key to the other processes, for a day from now; called again, prolongs it. */
export async function publishKey({ sql }: Queryable, kid: string, jwk: JWK): Promise<void> {
  await sql`
    insert into service_keys (kid, public_jwk, expires_at)
    values (${kid}, ${sql.json(jwk as never)}, now() + make_interval(hours => ${keyLifeHours}))
    on conflict (kid) do update set expires_at = excluded.expires_at`
}

/** Forgets the keys of processes that are long gone. */
export async function forgetExpiredKeys({ sql }: Queryable): Promise<void> {
  await sql`delete from service_keys where expires_at < now()`
}

/** A key that is still good. */
export async function findKey({ sql }: Queryable, kid: string): Promise<JWK | undefined> {
  const [row] = await sql<{ public_jwk: JWK }[]>`
    select public_jwk from service_keys where kid = ${kid} and expires_at > now()`
  return row?.public_jwk
}

/** Any 64-bit number; the holder of this lock seeds. */
const seedLock = 6_031_769_912

/** Waits until no other process seeds. The connection holds the lock: `db` must have only one. */
export async function lockSeeds({ sql }: Queryable): Promise<void> {
  await sql`select pg_advisory_lock(${seedLock})`
}

/** Lets the next process seed. */
export async function unlockSeeds({ sql }: Queryable): Promise<void> {
  await sql`select pg_advisory_unlock(${seedLock})`
}

/** Modules that have received their demo data. */
export async function seededModules({ sql }: Queryable): Promise<Set<string>> {
  const rows = await sql<{ module: string }[]>`select module from seeded`
  return new Set(rows.map(({ module }) => module))
}

/** Remembers that a module has received its demo data. */
export async function markSeeded({ sql }: Queryable, module: string): Promise<void> {
  await sql`insert into seeded (module) values (${module})`
}

/** The key stored in the database itself. With `fallback` it is created when missing, equal for all processes. */
export async function installationKey({ sql }: Queryable, fallback?: Uint8Array): Promise<Buffer | undefined> {
  if (fallback !== undefined) {
    await sql`insert into installation_keys (key) values (${fallback}) on conflict do nothing`
  }
  const [row] = await sql<{ key: Buffer }[]>`select key from installation_keys`
  return row?.key
}

/** A flag that an administrator has decided. */
export interface FlagRow {
  readonly name: string
  readonly share: number
  readonly changed_at: string
}

/** The decided flags. There are at most as many as modules declare. */
export function listFlags({ sql }: Queryable): Promise<FlagRow[]> {
  return sql<FlagRow[]>`select name, share, changed_at from flags`
}

/** Decides a flag in the transaction of any module; with null its default holds again. */
export async function setFlag({ sql }: Pick<Tx, 'sql'>, name: string, share: number | null): Promise<void> {
  await sql`select platform_runtime.set_flag(${name}::text, ${share}::integer)`
}

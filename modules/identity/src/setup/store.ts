/** SQL of the first administrator and of set-up links. */
import type { Db, Queryable, Tx } from '@octet/db'

/** Number of the advisory lock: two concurrent links must not create two administrators. Each purpose has its own. */
const setupLock = 6_031_769_913

/** Whether an administrator exists. */
export async function hasAdmin({ sql }: Queryable): Promise<boolean> {
  const rows = await sql`select 1 from users where 'admin' = any(roles) limit 1`
  return rows.length === 1
}

/** Stores the hash of a new link for `lifeMinutes`. */
export async function insertSetupToken({ sql }: Db, hash: Buffer, lifeMinutes: number): Promise<void> {
  await sql`
    insert into setup_tokens (token_hash, expires_at)
    values (${hash}, clock_timestamp() + make_interval(mins => ${lifeMinutes}))`
}

/** Whether the link is valid. Lets the caller refuse before any expensive work. */
export async function isSetupTokenGood({ sql }: Queryable, hash: Buffer): Promise<boolean> {
  const rows = await sql`
    select 1 from setup_tokens
    where token_hash = ${hash} and used_at is null and expires_at > clock_timestamp()`
  return rows.length === 1
}

/** Takes the link; `false` when it was used, has expired, or an administrator exists. */
export async function takeSetupToken({ sql }: Tx, hash: Buffer): Promise<boolean> {
  await sql`select pg_advisory_xact_lock(${setupLock})`
  const rows = await sql`
    update setup_tokens set used_at = clock_timestamp()
    where token_hash = ${hash} and used_at is null and expires_at > clock_timestamp()
      and not exists (select 1 from users where 'admin' = any(roles))
    returning true`
  return rows.length === 1
}

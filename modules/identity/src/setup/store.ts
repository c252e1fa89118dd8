/** SQL about the first administrator and the one-time links that make one. */
import type { Db, Queryable, Tx } from '@octet/db'

/** Two links at one moment must not make two first administrators. One number per purpose. */
const setupLock = 6_031_769_913

/** Whether anybody is an administrator. */
export async function hasAdmin({ sql }: Queryable): Promise<boolean> {
  const rows = await sql`select 1 from users where 'admin' = any(roles) limit 1`
  return rows.length === 1
}

/** Keeps the hash of a new link for `lifeMinutes`. */
export async function insertSetupToken({ sql }: Db, hash: Buffer, lifeMinutes: number): Promise<void> {
  await sql`
    insert into setup_tokens (token_hash, expires_at)
    values (${hash}, clock_timestamp() + make_interval(mins => ${lifeMinutes}))`
}

/** Whether the link would be taken now; for refusing before any costly work. */
export async function isSetupTokenGood({ sql }: Queryable, hash: Buffer): Promise<boolean> {
  const rows = await sql`
    select 1 from setup_tokens
    where token_hash = ${hash} and used_at is null and expires_at > clock_timestamp()`
  return rows.length === 1
}

/** Uses the link up; `false` when somebody did before, it is too old, or there is an administrator already. */
export async function takeSetupToken({ sql }: Tx, hash: Buffer): Promise<boolean> {
  await sql`select pg_advisory_xact_lock(${setupLock})`
  const rows = await sql`
    update setup_tokens set used_at = clock_timestamp()
    where token_hash = ${hash} and used_at is null and expires_at > clock_timestamp()
      and not exists (select 1 from users where 'admin' = any(roles))
    returning true`
  return rows.length === 1
}

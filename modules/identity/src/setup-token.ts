/** The one-time link with which the first administrator is made. Only while there is none. */
import { createHash, randomBytes } from 'node:crypto'
import type { Queryable, Tx } from '@octet/db'

const tokenSizeBytes = 32
const lifeMinutes = 30
/** Two links at one moment must not make two first administrators. */
const setupLock = 6_031_769_913

/** Whether the installation waits for its first administrator. */
export async function setupNeeded({ db }: { readonly db: Queryable }): Promise<boolean> {
  const [row] = await db.sql<{ needed: boolean }[]>`
    select not exists (select 1 from users where 'admin' = any(roles)) as needed`
  return row?.needed === true
}

/**
 * A token for `webSetup`, good for half an hour and one use; only its hash is kept. Links made earlier stay good, since
 * several processes may each print one. `undefined` when there is an administrator already.
 */
export async function createSetupToken({ db }: { readonly db: Queryable }): Promise<string | undefined> {
  if (!(await setupNeeded({ db }))) return undefined
  const token = randomBytes(tokenSizeBytes).toString('base64url')
  await db.sql`
    insert into setup_tokens (token_hash, expires_at)
    values (${hashOf(token)}, clock_timestamp() + make_interval(mins => ${lifeMinutes}))`
  return token
}

/** Whether the token would be taken now; for refusing before any costly work. */
export async function isSetupToken({ sql }: Queryable, token: string): Promise<boolean> {
  const rows = await sql`
    select 1 from setup_tokens
    where token_hash = ${hashOf(token)} and used_at is null and expires_at > clock_timestamp()`
  return rows.length === 1
}

/** Uses the token up; `false` when somebody did before, it is too old, or there is an administrator already. */
export async function takeSetupToken({ sql }: Tx, token: string): Promise<boolean> {
  await sql`select pg_advisory_xact_lock(${setupLock})`
  const rows = await sql`
    update setup_tokens set used_at = clock_timestamp()
    where token_hash = ${hashOf(token)} and used_at is null and expires_at > clock_timestamp()
      and not exists (select 1 from users where 'admin' = any(roles))
    returning true`
  return rows.length === 1
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

/** SQL of second factors and of sign-ins that wait for one. */
import type { Db, Queryable, Tx } from '@octet/db'

// ---- what an account has ----------------------------------------------------------------------------------------

export interface FactorsRow {
  readonly has_totp: boolean
  readonly totp_since: string | null
  readonly recovery_codes: number
  readonly passkeys: number
  /** At least one passkey protects the password. */
  readonly has_guard: boolean
}

/** The second factors of an account. */
export async function readFactors({ sql }: Queryable, userId: string): Promise<FactorsRow> {
  const [row] = await sql<FactorsRow[]>`
    select (select confirmed_at from totp_secrets where user_id = ${userId}) as totp_since,
           exists(select from totp_secrets where user_id = ${userId} and confirmed_at is not null) as has_totp,
           (select count(*)::int from recovery_codes where user_id = ${userId}) as recovery_codes,
           (select count(*)::int from passkeys where user_id = ${userId}) as passkeys,
           exists(select from passkeys where user_id = ${userId} and guards_password) as has_guard`
  if (row === undefined) throw new Error('a select without a table returned no row')
  return row
}

/** Locks the account against new sessions: their insertion waits and then sees this transaction's changes. */
export async function holdAccount({ sql }: Tx, userId: string): Promise<void> {
  await sql`select from users where id = ${userId} for update`
}

// ---- authenticator apps -----------------------------------------------------------------------------------------

export interface TotpRow {
  readonly secret: Buffer
  readonly is_confirmed: boolean
}

/** An account's sealed secret, enabled or waiting for confirmation. */
export async function findTotp({ sql }: Queryable, userId: string): Promise<TotpRow | undefined> {
  const [row] = await sql<TotpRow[]>`
    select secret, confirmed_at is not null as is_confirmed from totp_secrets where user_id = ${userId}`
  return row
}

/** Saves an unconfirmed secret in place of an earlier unconfirmed one; `false` when the app is enabled. */
export async function putTotp({ sql }: Db, userId: string, secret: Buffer): Promise<boolean> {
  const rows = await sql`
    insert into totp_secrets (user_id, secret) values (${userId}, ${secret})
    on conflict (user_id) do update set secret = excluded.secret, created_at = clock_timestamp()
      where totp_secrets.confirmed_at is null
    returning true`
  return rows.length === 1
}

/** Enables the secret and uses up the code that confirmed it. `false` when the secret was replaced. */
export async function confirmTotp(
  { sql }: Tx,
  { userId, secret, step }: { userId: string; secret: Buffer; step: number },
): Promise<boolean> {
  const rows = await sql`
    update totp_secrets set confirmed_at = clock_timestamp(), last_step = ${step}
    where user_id = ${userId} and secret = ${secret} and confirmed_at is null
    returning true`
  return rows.length === 1
}

/** Uses up a time step and all earlier ones. Only one of several requests with the same code gets `true`. */
export async function claimStep({ sql }: Tx, userId: string, step: number): Promise<boolean> {
  const rows = await sql`
    update totp_secrets set last_step = ${step}
    where user_id = ${userId} and confirmed_at is not null and last_step < ${step}
    returning true`
  return rows.length === 1
}

/** Deletes the secret. Returns whether it was enabled. */
export async function deleteTotp({ sql }: Tx, userId: string): Promise<boolean> {
  const rows = await sql`delete from totp_secrets where user_id = ${userId} returning confirmed_at`
  return rows.some(({ confirmed_at }) => confirmed_at !== null)
}

const triesMax = 5
const triesMinutes = 5

/**
 * Counts an attempt before it is made. Returns 0, the milliseconds to wait, or `undefined` when the account is gone.
 * Runs outside any transaction, so a failed attempt counts.
 */
export async function takeCodeTry({ sql }: Db, userId: string): Promise<number | undefined> {
  const taken = await sql`
    insert into code_tries as known (user_id, tries, started_at)
    select id, 1, clock_timestamp() from users where id = ${userId}
    on conflict (user_id) do update
      set tries = case when known.started_at < clock_timestamp() - make_interval(mins => ${triesMinutes})
                       then 1 else known.tries + 1 end,
          started_at = case when known.started_at < clock_timestamp() - make_interval(mins => ${triesMinutes})
                            then clock_timestamp() else known.started_at end
      where known.tries < ${triesMax}
         or known.started_at < clock_timestamp() - make_interval(mins => ${triesMinutes})
    returning true`
  if (taken.length === 1) return 0
  const [row] = await sql<{ wait_ms: number }[]>`
    select extract(epoch from started_at + make_interval(mins => ${triesMinutes}) - clock_timestamp())::float8 * 1000
             as wait_ms
    from code_tries where user_id = ${userId}`
  return row === undefined ? undefined : Math.max(1_000, row.wait_ms)
}

export async function forgetCodeTries({ sql }: Tx, userId: string): Promise<void> {
  await sql`delete from code_tries where user_id = ${userId}`
}

// ---- recovery codes ---------------------------------------------------------------------------------------------

/** Replaces the recovery codes. */
export async function putRecoveryCodes({ sql }: Tx, userId: string, hashes: readonly Buffer[]): Promise<void> {
  await sql`delete from recovery_codes where user_id = ${userId}`
  await sql`
    insert into recovery_codes ${sql(hashes.map(hash => ({ user_id: userId, code_hash: hash })))}`
}

/** Takes a recovery code. Only one of several requests with the same code gets `true`. */
export async function useRecoveryCode({ sql }: Tx, userId: string, hash: Buffer): Promise<boolean> {
  const rows = await sql`
    delete from recovery_codes where user_id = ${userId} and code_hash = ${hash} returning true`
  return rows.length === 1
}

export async function deleteRecoveryCodes({ sql }: Tx, userId: string): Promise<void> {
  await sql`delete from recovery_codes where user_id = ${userId}`
}

// ---- sign-ins that wait for a second factor ----------------------------------------------------------------------

export interface Challenge {
  readonly user_id: string
  readonly kind: 'web' | 'api'
  readonly remember: boolean
  readonly first_factor: 'password' | 'passkey'
}

/** Maximum per account. The oldest are deleted. */
const challengesMax = 20

/** Saves a waiting sign-in with the account's current rights. */
export async function insertChallenge(
  { sql }: Db,
  challenge: Challenge & { readonly hash: Buffer; readonly seconds: number },
): Promise<void> {
  const { hash, user_id: userId, kind, remember, first_factor: first, seconds } = challenge
  await sql`
    with crowd as (
      delete from sign_in_challenges where token_hash in (
        select token_hash from sign_in_challenges where user_id = ${userId}
        order by expires_at desc offset ${challengesMax - 1})
    )
    insert into sign_in_challenges (token_hash, user_id, kind, remember, first_factor, access_version, expires_at)
    select ${hash}, id, ${kind}, ${remember}, ${first}, access_version,
           clock_timestamp() + make_interval(secs => ${seconds})
    from users where id = ${userId}`
}

const isOpen = ({ sql }: Queryable, hash: Buffer, kind: Challenge['kind']) => sql`
  token_hash = ${hash} and kind = ${kind} and expires_at > clock_timestamp()
  and access_version = (select access_version from users where users.id = sign_in_challenges.user_id)`

/** The waiting sign-in with this hash, if it may continue. */
export async function findChallenge(
  db: Queryable,
  hash: Buffer,
  kind: Challenge['kind'],
): Promise<Challenge | undefined> {
  const [row] = await db.sql<Challenge[]>`
    select user_id, kind, remember, first_factor from sign_in_challenges where ${isOpen(db, hash, kind)}`
  return row
}

/** Takes the waiting sign-in. Only one of several requests gets `true`. */
export async function takeChallenge(tx: Tx, hash: Buffer, kind: Challenge['kind']): Promise<boolean> {
  const rows = await tx.sql`delete from sign_in_challenges where ${isOpen(tx, hash, kind)} returning true`
  return rows.length === 1
}

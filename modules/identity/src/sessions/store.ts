/** SQL of sessions and revocations. */
import type { Role } from '@octet/contracts'
import { countRows, type Db, type Queryable, type Sql, type Tx } from '@octet/db'
import type { Position } from '@octet/kernel'
import type { UserRow } from '../account/rules.ts'
import { userColumns } from '../account/store.ts'

// ---- sessions ---------------------------------------------------------------------------------------------------

/** Idle and absolute lifetime of a session. */
export interface Lifetime {
  readonly idleSeconds: number
  readonly absoluteSeconds: number
}

export interface NewSession extends Lifetime {
  readonly id: string
  readonly userId: string
  readonly credential:
    | { readonly kind: 'web'; readonly cookieHash: Buffer }
    | { readonly kind: 'api'; readonly refreshKey: Buffer }
  readonly userAgent: string
  readonly addressPrefix: string
  /** Number of verified factors. */
  readonly aal: 1 | 2
  /** The passkey that created the session. */
  readonly passkeyId: string | undefined
}

/** Inserts a session that begins now. Returns its start in Unix milliseconds by the database's clock. */
export async function insertSession({ sql }: Tx, session: NewSession): Promise<number> {
  const { credential, idleSeconds, absoluteSeconds } = session
  const isApi = credential.kind === 'api'
  const [row] = await sql<{ proven_at_ms: number }[]>`
    insert into sessions (id, user_id, kind, cookie_hash, refresh_key, refresh_counter, refreshed_at, idle_seconds,
                          idle_expires_at, absolute_expires_at, user_agent, address_prefix, aal, passkey_id)
    values (${session.id}, ${session.userId}, ${credential.kind},
            ${isApi ? null : credential.cookieHash}, ${isApi ? credential.refreshKey : null}, ${isApi ? 0 : null},
            clock_timestamp(), ${idleSeconds},
            clock_timestamp() + make_interval(secs => ${idleSeconds}),
            clock_timestamp() + make_interval(secs => ${absoluteSeconds}),
            ${session.userAgent}, ${session.addressPrefix}, ${session.aal},
            ${session.passkeyId ?? null})
    returning ${epochMs(sql, sql`auth_time`)} as proven_at_ms`
  if (row === undefined) throw new Error('an insert returned no row')
  return row.proven_at_ms
}

/** Unix time in milliseconds. */
export const epochMs = (sql: Sql, time: ReturnType<Sql>) => sql`extract(epoch from ${time})::float8 * 1000`

export const isAlive = (sql: Sql) => sql`
  sessions.revoked_at is null and idle_expires_at > clock_timestamp() and absolute_expires_at > clock_timestamp()`

/** The rights of a request with a cookie. */
export interface LiveSession {
  readonly id: string
  readonly user_id: string
  readonly roles: Role[]
  readonly email_verified: boolean
  readonly access_version: number
  /** Unix milliseconds by the database's clock: the last verification of the person, and the expiry. */
  readonly proven_at_ms: number
  readonly expires_at_ms: number
}

/** The current rights of an active session. */
export async function findLiveSession(
  { sql }: Queryable,
  id: string,
): Promise<Pick<LiveSession, 'access_version'> | undefined> {
  const [row] = await sql<LiveSession[]>`
    select access_version from sessions join users on users.id = sessions.user_id
    where sessions.id = ${id} and users.disabled_at is null and ${isAlive(sql)}`
  return row
}

/** The owner of a session, ended or not. */
export async function findSessionOwner({ sql }: Queryable, id: string): Promise<string | undefined> {
  const [row] = await sql<{ user_id: string }[]>`select user_id from sessions where id = ${id}`
  return row?.user_id
}

/** Advances `last_seen_at` and the idle expiry of active sessions, at most once a minute each. */
export async function touchSessions({ sql }: Db, ids: readonly string[]): Promise<void> {
  // Locked in one order, skipping locked rows: several processes may touch the same sessions concurrently.
  await sql`
    update sessions
    set last_seen_at = clock_timestamp(),
        idle_expires_at = least(absolute_expires_at, clock_timestamp() + make_interval(secs => idle_seconds))
    where id = any(array(
      select id from sessions
      where id = any(${[...ids]}::uuid[]) and ${isAlive(sql)}
        and last_seen_at < clock_timestamp() - interval '55 seconds'
      order by id
      for update skip locked))`
}

export interface DeviceRow {
  readonly id: string
  readonly kind: 'web' | 'api'
  readonly user_agent: string
  readonly address_prefix: string
  readonly created_at: string
  readonly last_seen_at: string
}

/**
 * Active sessions, latest use first. Returns one more row than `limit` when a next page exists. Uses sessions_of_user.
 */
export function listSessions(
  { sql }: Queryable,
  { userId, limit, after }: { userId: string; limit: number; after: Position | undefined },
): Promise<DeviceRow[]> {
  return sql<DeviceRow[]>`
    select id, kind, user_agent, address_prefix, created_at, last_seen_at from sessions
    where user_id = ${userId} and ${isAlive(sql)}
    ${after === undefined ? sql`` : sql`and (last_seen_at, id) < (${after.at}::timestamptz, ${after.id}::uuid)`}
    order by last_seen_at desc, id desc
    limit ${limit + 1}`
}

/** Counts a user's active sessions; stops at `rowsMax`. */
export function countSessions(db: Queryable, userId: string, rowsMax: number): Promise<number> {
  return countRows(db, db.sql`from sessions where user_id = ${userId} and ${isAlive(db.sql)}`, rowsMax)
}

// ---- refresh ----------------------------------------------------------------------------------------------------

/** The stored signing key of a session's refresh tokens. Not locked: signatures are checked first. */
export async function findRefreshKey({ sql }: Queryable, sessionId: string): Promise<Buffer | undefined> {
  const [row] = await sql<{ refresh_key: Buffer }[]>`
    select refresh_key from sessions where id = ${sessionId} and kind = 'api'`
  return row?.refresh_key
}

export interface RefreshRow extends UserRow {
  readonly session_id: string
  readonly refresh_counter: number
  readonly grace_answers: number
  /** By the database's clock, like every decision here: server clocks differ. */
  readonly refreshed_ago_ms: number
  readonly proven_at_ms: number
  readonly is_alive: boolean
  readonly revoke_reason: string | null
}

/** An API session and its account; the session is locked until the transaction ends. */
export async function lockForRefresh({ sql }: Tx, sessionId: string): Promise<RefreshRow | undefined> {
  const [row] = await sql<RefreshRow[]>`
    select ${userColumns(sql)}, sessions.id as session_id, refresh_counter, grace_answers,
           extract(epoch from clock_timestamp() - refreshed_at)::float8 * 1000 as refreshed_ago_ms,
           ${epochMs(sql, sql`auth_time`)} as proven_at_ms,
           (users.disabled_at is null and ${isAlive(sql)}) as is_alive, revoke_reason
    from sessions join users on users.id = sessions.user_id
    where sessions.id = ${sessionId} and kind = 'api'
    for update of sessions`
  return row
}

/** Advances the counter by one. */
export async function advanceRefresh({ sql }: Tx, sessionId: string): Promise<void> {
  await sql`
    update sessions
    set refresh_counter = refresh_counter + 1, grace_answers = 0, refreshed_at = clock_timestamp(),
        last_seen_at = clock_timestamp(),
        idle_expires_at = least(absolute_expires_at, clock_timestamp() + make_interval(secs => idle_seconds))
    where id = ${sessionId}`
}

/** Records that the person of an API session has just been verified. Returns the time. */
export async function recordStepUp({ sql }: Tx, sessionId: string, aal: 1 | 2): Promise<number> {
  const [row] = await sql<{ proven_at_ms: number }[]>`
    update sessions set auth_time = clock_timestamp(), aal = greatest(aal, ${aal}) where id = ${sessionId}
    returning ${epochMs(sql, sql`auth_time`)} as proven_at_ms`
  if (row === undefined) throw new Error(`session ${sessionId} vanished under its lock`)
  return row.proven_at_ms
}

/** Raises a session to two verified factors. */
export async function raiseSession({ sql }: Tx, sessionId: string): Promise<void> {
  await sql`update sessions set aal = 2, next_aal = case when next_aal is not null then 2 end where id = ${sessionId}`
}

/** Whether the session was verified by two factors. */
export async function isTwoFactorSession({ sql }: Queryable, sessionId: string): Promise<boolean> {
  const rows = await sql`select from sessions where id = ${sessionId} and aal = 2`
  return rows.length === 1
}

export async function countGraceAnswer({ sql }: Tx, sessionId: string): Promise<void> {
  await sql`update sessions set grace_answers = grace_answers + 1 where id = ${sessionId}`
}

/** Whether the account was used before, and on a device like this one. Call before the session begins. */
export async function findFamiliar(
  { sql }: Queryable,
  { userId, userAgent, addressPrefix }: Pick<NewSession, 'userId' | 'userAgent' | 'addressPrefix'>,
): Promise<{ readonly hasSessions: boolean; readonly isFamiliar: boolean }> {
  const [row] = await sql<{ has_sessions: boolean; is_familiar: boolean }[]>`
    select count(*) > 0 as has_sessions,
           count(*) filter (where user_agent = ${userAgent} and address_prefix = ${addressPrefix}) > 0 as is_familiar
    from sessions where user_id = ${userId}`
  return { hasSessions: row?.has_sessions ?? false, isFamiliar: row?.is_familiar ?? false }
}

// ---- revocation -------------------------------------------------------------------------------------------------

export type RevokeReason =
  | 'logout'
  | 'signed-out'
  | 'replaced'
  | 'replayed'
  | 'password-changed'
  | 'recovered'
  | 'disabled'
  | 'ended'
  | 'erasing'

/** Which active sessions of a user to end. Default: all. */
export interface SessionChoice {
  readonly userId: string
  readonly only?: string
  /** All except this one; null for all. */
  readonly allBut?: string | null
  /** Only those created by this passkey. */
  readonly passkeyId?: string
}

/** Ends sessions and publishes that to every process, in one statement. Returns the ids of those that were active. */
export async function endSessions(
  { sql }: Tx,
  choice: SessionChoice,
  { reason, keepMs }: { reason: RevokeReason; keepMs: number },
): Promise<string[]> {
  const { only = null, allBut = null, passkeyId = null } = choice
  const rows = await sql<{ subject: string }[]>`
    with ended as (
      update sessions set revoked_at = clock_timestamp(), revoke_reason = ${reason}
      where user_id = ${choice.userId}
        and (${only}::uuid is null or id = ${only}::uuid) and (${allBut}::uuid is null or id <> ${allBut}::uuid)
        and (${passkeyId}::uuid is null or passkey_id = ${passkeyId}::uuid)
        and revoked_at is null
      returning id
    )
    insert into revocations (kind, subject, expires_at)
    select 'session', id, clock_timestamp() + make_interval(secs => ${keepMs / 1000}) from ended
    returning subject`
  return rows.map(({ subject }) => subject)
}

/** Publishes to every process that tokens of the account older than `version` are invalid. */
export async function revokeOlderTokens(
  { sql }: Tx,
  { userId, version, keepMs }: { userId: string; version: number; keepMs: number },
): Promise<void> {
  await sql`
    insert into revocations (kind, subject, version, expires_at)
    values ('user', ${userId}, ${version}, clock_timestamp() + make_interval(secs => ${keepMs / 1000}))`
}

/** Publishes to every process that the account's address is verified, so its tokens need not be replaced. */
export async function publishVerified(
  { sql }: Tx,
  { userId, keepMs }: { userId: string; keepMs: number },
): Promise<void> {
  await sql`
    insert into revocations (kind, subject, expires_at)
    values ('verified', ${userId}, clock_timestamp() + make_interval(secs => ${keepMs / 1000}))`
}

export interface RevocationNews {
  /** Where the next read starts. */
  readonly horizon: string
  readonly clockMs: number
  readonly revocations: readonly RevocationRow[]
}

export interface RevocationRow {
  readonly kind: 'session' | 'user' | 'key' | 'verified'
  readonly subject: string
  readonly version: number
  readonly expiresAtMs: number
}

/**
 * Every revocation that may have become visible since the read that returned `horizon`, or all without one. Repeats are
 * normal. Transactions commit out of order, so a sequence cursor would skip rows; `horizon` is the oldest running
 * transaction, and everything before it was visible.
 */
export async function readRevocations({ sql }: Queryable, horizon = '0'): Promise<RevocationNews> {
  const [row] = await sql<{ horizon: string; clock_ms: number; revocations: RevocationRow[] }[]>`
    select pg_snapshot_xmin(pg_current_snapshot())::text as horizon,
           extract(epoch from clock_timestamp())::float8 * 1000 as clock_ms,
           coalesce(
             json_agg(json_build_object(
               'kind', kind, 'subject', subject, 'version', version,
               'expiresAtMs', (extract(epoch from expires_at) * 1000)::float8)) filter (where subject is not null),
             '[]') as revocations
    from revocations
    where txid >= ${horizon}::xid8 and expires_at > clock_timestamp()`
  if (row === undefined) throw new Error('an aggregate without groups returned no row')
  return { horizon: row.horizon, clockMs: row.clock_ms, revocations: row.revocations }
}

// ---- housekeeping -----------------------------------------------------------------------------------------------

/** Deletes sessions that ended `ageDays` ago, and expired revocations and set-up links. Bounded per call. */
export async function forgetEnded({ sql }: Db, ageDays: number): Promise<void> {
  await sql`
    delete from sessions where ctid = any(array(
      select ctid from sessions
      where least(idle_expires_at, coalesce(revoked_at, absolute_expires_at))
            < now() - make_interval(days => ${ageDays})
      limit 10000))`
  await sql`
    delete from revocations where ctid = any(array(select ctid from revocations where expires_at < now() limit 10000))`
  await sql`delete from setup_tokens where expires_at < now() - interval '1 day'`
  await sql`delete from sign_in_challenges where expires_at < now()`
  await sql`delete from passkey_challenges where expires_at < now()`
  await sql`delete from code_tries where started_at < now() - interval '1 day'`
}

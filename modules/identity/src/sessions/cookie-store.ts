/** SQL of the cookies of browser sessions: the current, the next and the previous one. */
import type { Db, Queryable, Tx } from '@octet/db'
import { epochMs, isAlive, type LiveSession } from './store.ts'

/** Grace for requests that were running when the next cookie was first used. */
const previousSeconds = 60

interface CookieSession extends LiveSession {
  readonly is_next: boolean
}

/**
 * The active session of a cookie. The first use of the next cookie makes it current. Issuing it does not: a browser
 * that lost the response would be signed out. The previous cookie never counts as a fresh sign-in.
 */
export async function findSessionByCookie(db: Queryable, hash: Buffer): Promise<LiveSession | undefined> {
  const session = await readSession(db, hash)
  if (session?.is_next !== true) return session
  await promoteCookie(db, hash)
  return readSession(db, hash)
}

async function readSession({ sql }: Queryable, hash: Buffer): Promise<CookieSession | undefined> {
  const [row] = await sql<CookieSession[]>`
    select sessions.id, user_id, to_json(roles) as roles, email_verified, access_version,
           case when cookie_hash = ${hash} then ${epochMs(sql, sql`auth_time`)} else 0 end as proven_at_ms,
           ${epochMs(
             sql,
             sql`least(idle_expires_at, absolute_expires_at,
                       case when previous_cookie_hash = ${hash} then previous_cookie_until end)`,
           )} as expires_at_ms,
           coalesce(next_cookie_hash = ${hash}, false) as is_next
    from sessions join users on users.id = sessions.user_id
    where (cookie_hash = ${hash} or next_cookie_hash = ${hash}
           or previous_cookie_hash = ${hash} and previous_cookie_until > clock_timestamp())
      and users.disabled_at is null and ${isAlive(sql)}`
  return row
}

/** Idempotent under concurrent requests. */
async function promoteCookie({ sql }: Queryable, hash: Buffer): Promise<void> {
  await sql`
    update sessions
    set previous_cookie_hash = cookie_hash,
        previous_cookie_until = clock_timestamp() + make_interval(secs => ${previousSeconds}),
        cookie_hash = next_cookie_hash, cookie_since = clock_timestamp(),
        auth_time = next_auth_time, aal = next_aal,
        next_cookie_hash = null, next_cookie_at = null, next_auth_time = null, next_aal = null
    where next_cookie_hash = ${hash} and ${isAlive(sql)}`
}

export interface OfferedCookie {
  readonly idle_seconds: number
  /** Remaining lifetime of the session. */
  readonly left_seconds: number
}

/** Sets the next cookie of an active browser session after step-up: it counts as a fresh sign-in. */
export async function offerSteppedUpCookie(
  { sql }: Tx,
  { userId, sessionId, hash, aal }: { userId: string; sessionId: string; hash: Buffer; aal: 1 | 2 },
): Promise<OfferedCookie | undefined> {
  const [row] = await sql<OfferedCookie[]>`
    update sessions
    set next_cookie_hash = ${hash}, next_cookie_at = clock_timestamp(), next_auth_time = clock_timestamp(),
        next_aal = greatest(aal, ${aal})
    where id = ${sessionId} and user_id = ${userId} and kind = 'web' and ${isAlive(sql)}
    returning idle_seconds, extract(epoch from absolute_expires_at - clock_timestamp())::int as left_seconds`
  return row
}

/** Sets the next cookie for one that is a day old. Its freshness does not change. At most one a minute. */
export async function offerRenewedCookie(
  { sql }: Db,
  { userId, sessionId, hash }: { userId: string; sessionId: string; hash: Buffer },
): Promise<OfferedCookie | undefined> {
  const [row] = await sql<OfferedCookie[]>`
    update sessions
    set next_cookie_hash = ${hash}, next_cookie_at = clock_timestamp(), next_auth_time = auth_time, next_aal = aal
    where id = ${sessionId} and user_id = ${userId} and kind = 'web' and ${isAlive(sql)}
      and cookie_since < clock_timestamp() - interval '24 hours'
      and (next_cookie_at is null or next_cookie_at < clock_timestamp() - interval '1 minute')
    returning idle_seconds, extract(epoch from absolute_expires_at - clock_timestamp())::int as left_seconds`
  return row
}

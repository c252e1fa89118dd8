/** SQL about the cookies of browser sessions: the current one, the next one, and the one before. */
import type { Db, Queryable, Tx } from '@octet/db'
import { epochMs, isAlive, type LiveSession } from './store.ts'

/** For requests that were under way when the next cookie was first used. */
const previousSeconds = 60

interface CookieSession extends LiveSession {
  readonly is_next: boolean
}

/**
 * The live session of a cookie. The first use of the next cookie makes it the current one: not its issue, or a browser
 * that lost the answer would be signed out. The previous cookie never counts as a fresh sign-in.
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

/** Two requests that bring it at once do it once. */
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
  /** How long the session may still live. */
  readonly left_seconds: number
}

/** Sets the next cookie of a live browser session: one that proves the person's presence now. */
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

/** The same for a cookie in use for a day: what it proves stays what it was. At most one a minute is offered. */
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

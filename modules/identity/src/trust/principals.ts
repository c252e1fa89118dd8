/**
 * Authenticates credentials. Results are cached, so a repeated request costs three map lookups: the credential, its
 * session and its account in the revoked set.
 */
import { type Cache, createCache } from '@octet/cache'
import { type Authenticate, anonymous, type Credential, commonProblem, type Principal } from '@octet/contracts'
import type { Queryable } from '@octet/db'
import { within } from '@octet/kernel'
import type { Metrics } from '@octet/observe'
import { isUnverified } from '../account/rules.ts'
import { isApiKeyLike, isSameSecret, parseApiKey } from '../keys/api-key.ts'
import { findApiKey, findLiveApiKey } from '../keys/store.ts'
import { cookieHash, isCookieValue } from '../sessions/cookie.ts'
import { findSessionByCookie } from '../sessions/cookie-store.ts'
import type { LastSeen } from '../sessions/last-seen.ts'
import type { Revocations } from '../sessions/revocations.ts'
import { findLiveSession, type LiveSession } from '../sessions/store.ts'
import { type AccessTokens, accessTokenSeconds, type VerifiedGrant } from '../sessions/tokens.ts'

const rememberedMax = 10_000
/** A cookie's session is read again this often, because its expiry moves. */
const cookieSessionMs = 60_000
/** While revocations are stale, requests query the database: at most this many at once, and none longer than this. */
const checksMax = 200
const checkTimeoutMs = 2_000

type User = Extract<Principal, { kind: 'user' }>

/** A credential that was valid when it was read. */
interface Known {
  readonly principal: User
  /** The id that `isRevoked` expects; for an API key its own id. */
  readonly sessionId: string
  readonly userId: string
  readonly accessVersion: number
  readonly expiresAtMs: number
  readonly isKey: boolean
}

export interface PrincipalsOptions {
  readonly db: Queryable
  readonly tokens: AccessTokens
  readonly revocations: Revocations
  readonly lastSeen: LastSeen
  readonly keysLastSeen: LastSeen
  readonly metrics: Pick<Metrics, 'observeCache'>
}

export interface Principals {
  /** Answers synchronously for cached credentials. */
  readonly authenticate: Authenticate
  /** When a recently valid credential expires, by the database's clock. */
  expiresAtMs(credential: Credential): number | undefined
}

/** Starts with an empty cache. */
export function createPrincipals(options: PrincipalsOptions): Principals {
  const { db, revocations, lastSeen, keysLastSeen } = options
  const { bearers, cookies, keys } = openCaches(options)
  const isStillGood = createSessionCheck(db)

  const isGood = (known: Known) => known.expiresAtMs > revocations.nowMs() && !revocations.isRevoked(known)

  const asOfNow = ({ principal }: Known): User => {
    if (principal.isUnverified !== true || !revocations.isVerified(principal.userId)) return principal
    const { isUnverified: _, ...proved } = principal
    return proved
  }
  const admit = (known: Known): Principal => {
    if (known.isKey) keysLastSeen.record(known.sessionId)
    else lastSeen.record(known.sessionId)
    return asOfNow(known)
  }

  const bearer = async (token: string): Promise<Principal> => {
    const known = await bearers.get(token)
    if (!isGood(known)) throw refusedToken()
    if (revocations.isStale() && !(await isStillGood(known))) throw refusedToken()
    return admit(known)
  }

  const cookie = async (value: string): Promise<Principal> => {
    if (!isCookieValue(value)) return anonymous
    const known = await readAgain(cookies, value, isGood)
    if (known === undefined) return anonymous
    if (revocations.isStale() && !(await isStillGood(known))) return anonymous
    return admit(known)
  }

  const apiKey = async (key: string): Promise<Principal> => {
    if (parseApiKey(key) === undefined) throw refusedKey()
    const known = await readAgain(keys, key, isGood)
    if (known === undefined) throw refusedKey()
    if (revocations.isStale() && !(await isStillGood(known))) throw refusedKey()
    return admit(known)
  }

  const peek = (credential: Exclude<Credential, { kind: 'none' }>): Known | null | undefined => {
    if (credential.kind === 'cookie') return cookies.peek(credential.value)
    return (isApiKeyLike(credential.token) ? keys : bearers).peek(credential.token)
  }
  return {
    authenticate(credential) {
      if (credential.kind === 'none') return anonymous
      const known = peek(credential)
      if (known !== undefined && known !== null && !revocations.isStale() && isGood(known)) return admit(known)
      if (credential.kind === 'cookie') return cookie(credential.value)
      return isApiKeyLike(credential.token) ? apiKey(credential.token) : bearer(credential.token)
    },
    expiresAtMs: credential => (credential.kind === 'none' ? undefined : peek(credential)?.expiresAtMs),
  }
}

function openCaches({ db, tokens, metrics }: PrincipalsOptions) {
  const bearers = createCache<Known>({
    entriesMax: rememberedMax,
    ttlMs: accessTokenSeconds * 1000,
    load: async token => knownByToken(await tokens.verify(token)),
  })
  const cookies = createCache<Known | null>({
    entriesMax: rememberedMax,
    ttlMs: cookieSessionMs,
    load: async value => knownBySession(await findSessionByCookie(db, cookieHash(value))),
  })
  const keys = createCache<Known | null>({
    entriesMax: rememberedMax,
    ttlMs: cookieSessionMs,
    load: key => knownByApiKey(db, key),
  })
  metrics.observeCache('identity.access-tokens', bearers.stats)
  metrics.observeCache('identity.sessions', cookies.stats)
  metrics.observeCache('identity.api-keys', keys.stats)
  return { bearers, cookies, keys }
}

/** Reads a cached session or key again when it seems expired or its rights changed. */
async function readAgain(
  cache: Cache<Known | null>,
  value: string,
  isGood: (known: Known) => boolean,
): Promise<Known | undefined> {
  const remembered = await cache.get(value)
  if (remembered !== null && isGood(remembered)) return remembered
  cache.delete(value) // random values must not evict real sessions
  if (remembered === null) return undefined
  const known = await cache.get(value)
  if (known !== null && isGood(known)) return known
  cache.delete(value)
  return undefined
}

/** Checks in the database whether a credential's session is active and its rights are unchanged. */
function createSessionCheck(db: Queryable): (known: Known) => Promise<boolean> {
  let checks = 0
  return async known => {
    if (checks >= checksMax) throw commonProblem('unavailable', { retryAfterMs: 1_000, executed: 'no' })
    checks++
    // Counted until the query ends, not until we stop waiting: the query holds the connection.
    const find = known.isKey ? findLiveApiKey : findLiveSession
    const read = find(db, known.sessionId).finally(() => checks--)
    const session = await within(checkTimeoutMs, read).catch(error => {
      throw commonProblem('unavailable', { retryAfterMs: 1_000, executed: 'no', cause: error })
    })
    return session !== undefined && session.access_version === known.accessVersion
  }
}

function knownByToken({
  userId,
  sessionId,
  roles,
  scopes,
  provenAtMs,
  accessVersion,
  expiresAtMs,
  isUnverified,
}: VerifiedGrant): Known {
  const about = isUnverified === true ? ({ isUnverified } as const) : {}
  const principal: User = { kind: 'user', userId, sessionId, roles, scopes, provenAtMs, ...about }
  return { principal: Object.freeze(principal), sessionId, userId, accessVersion, expiresAtMs, isKey: false }
}

/** A principal with the key's scopes and its owner's current roles. It never counts as a fresh sign-in. */
async function knownByApiKey(db: Queryable, key: string): Promise<Known | null> {
  const presented = parseApiKey(key)
  if (presented === undefined) return null
  const found = await findApiKey(db, presented.lookup)
  if (found === undefined || !isSameSecret(presented.secretHash, found.secret_hash)) return null
  const known = knownByToken({
    userId: found.user_id,
    sessionId: found.id,
    roles: found.roles,
    scopes: found.scopes,
    provenAtMs: 0,
    accessVersion: found.access_version,
    expiresAtMs: found.expires_at_ms,
    isUnverified: isUnverified(found),
  })
  return { ...known, isKey: true }
}

function knownBySession(session: LiveSession | undefined): Known | null {
  if (session === undefined) return null
  return knownByToken({
    userId: session.user_id,
    sessionId: session.id,
    roles: session.roles,
    scopes: '*',
    provenAtMs: session.proven_at_ms,
    accessVersion: session.access_version,
    expiresAtMs: session.expires_at_ms,
    isUnverified: isUnverified(session),
  })
}

function refusedKey() {
  return commonProblem('unauthenticated', { detail: 'The API key is not valid, has expired or was revoked.' })
}

function refusedToken() {
  return commonProblem('unauthenticated', { detail: 'The access token has expired or was revoked.' })
}

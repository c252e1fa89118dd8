/** Access tokens: short-lived JWTs signed with Ed25519, verified by any process without a request. */
import { commonProblem, isId, roles as knownRoles, type Role } from '@octet/contracts'
import { type CryptoKey, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import { algorithm, type SigningKeys } from './signing-keys.ts'

export const accessTokenSeconds = 300
/** How long a revocation is relevant: the lifetime of a token plus ten minutes for clock differences. */
export const revocationKeepMs = accessTokenSeconds * 1000 + 10 * 60_000
const audience = 'octet'
/** RFC 9068; rejects tokens of any other type. */
const type = 'at+jwt'
/** Our tokens have about 500 characters; longer ones are rejected without a signature check. */
const tokenLengthMax = 2_048

export interface AccessGrant {
  readonly userId: string
  readonly sessionId: string
  readonly roles: readonly Role[]
  readonly scopes: '*' | readonly string[]
  /** Detects changed rights; see `users.access_version`. */
  readonly accessVersion: number
  /** Last verification of the person, Unix milliseconds by the database's clock. */
  readonly provenAtMs: number
  /** See `Principal`. */
  readonly isUnverified?: boolean
}

export interface VerifiedGrant extends AccessGrant {
  readonly expiresAtMs: number
}

export interface AccessTokens {
  sign(grant: AccessGrant): Promise<string>
  /**
   * Throws `unauthenticated` for everything except an unexpired token of this installation. Does not check revocation.
   */
  verify(token: string): Promise<VerifiedGrant>
}

type TokenKeys = Pick<SigningKeys, 'current' | 'find'>

export interface AccessTokenOptions {
  readonly keys: TokenKeys
  readonly issuer: string
  /** The database's clock: issuer and verifier may be different processes. */
  readonly nowMs: () => number
}

/** Signs with the newest key and verifies with any of `keys`. */
export function createAccessTokens({ keys, issuer, nowMs }: AccessTokenOptions): AccessTokens {
  return {
    sign({ userId, sessionId, roles, scopes, accessVersion, provenAtMs, isUnverified }) {
      const { kid, key } = keys.current()
      const issuedAt = Math.floor(nowMs() / 1000)
      const scope = scopes === '*' ? '*' : scopes.join(' ')
      const about = isUnverified === true ? { unv: true } : {}
      const auth_time = Math.floor(provenAtMs / 1000)
      return new SignJWT({ roles, scope, sid: sessionId, ver: accessVersion, auth_time, ...about })
        .setProtectedHeader({ alg: algorithm, kid, typ: type })
        .setSubject(userId)
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + accessTokenSeconds)
        .sign(key)
    },
    async verify(token) {
      if (token.length > tokenLengthMax) throw refused('is too long')
      const { payload } = await jwtVerify(token, header => keyFor(keys, header.kid), {
        algorithms: [algorithm],
        issuer,
        audience,
        typ: type,
        requiredClaims: ['exp', 'iat', 'sub'],
        currentDate: new Date(nowMs()),
      }).catch(error => {
        throw isJoseError(error) ? refused('is not valid or has expired', error) : error
      })
      return grantOf(payload)
    },
  }
}

/** Accepts only key ids of our own table. Other key headers (`jku`, `x5u`, `jwk`) are ignored (RFC 8725). */
async function keyFor(keys: TokenKeys, kid: unknown): Promise<CryptoKey> {
  const key = typeof kid === 'string' ? await keys.find(kid) : undefined
  if (key === undefined) throw refused('has an unknown signing key')
  return key
}

function grantOf({ sub, sid, roles, scope, ver, exp, unv, auth_time = 0 }: JWTPayload): VerifiedGrant {
  const isOurs =
    isId(sub) &&
    isId(sid) &&
    isRoles(roles) &&
    typeof scope === 'string' &&
    Number.isInteger(ver) &&
    Number.isInteger(auth_time) &&
    exp !== undefined
  if (!isOurs) throw refused('lacks claims')
  return {
    userId: sub,
    sessionId: sid,
    roles,
    scopes: scope === '*' ? '*' : scope.split(' ').filter(part => part !== ''),
    accessVersion: ver as number,
    provenAtMs: (auth_time as number) * 1000,
    expiresAtMs: exp * 1000,
    ...(unv === true ? { isUnverified: true } : {}),
  }
}

function isRoles(value: unknown): value is Role[] {
  return Array.isArray(value) && value.every(role => (knownRoles as readonly unknown[]).includes(role))
}

function isJoseError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_J')
}

function refused(why: string, cause?: unknown) {
  return commonProblem('unauthenticated', { detail: `The access token ${why}.`, cause })
}

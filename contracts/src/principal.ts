/**
 * The caller of an operation. The same object in process and, signed, across processes; never taken from a request
 * body.
 */
import { type Access, freshMs, type PermissionGrant, type Role } from './access.ts'
import { commonProblem } from './problem.ts'

export type Principal =
  | { readonly kind: 'anonymous' }
  | {
      readonly kind: 'user'
      readonly userId: string
      readonly sessionId: string
      readonly roles: readonly Role[]
      /** `*`: a full session. Otherwise the scopes of a restricted token. */
      readonly scopes: '*' | readonly string[]
      /**
       * Last time the person authenticated, Unix milliseconds of the database's clock. 0 for credentials that prove no
       * presence (API keys).
       */
      readonly provenAtMs: number
      /** The account's address is not verified. Absent: it is, or the account has more than ordinary permissions. */
      readonly isUnverified?: true
    }
  | { readonly kind: 'service'; readonly module: string }

/** The credential of a request. */
export type Credential =
  | { readonly kind: 'none' }
  | { readonly kind: 'bearer'; readonly token: string }
  | { readonly kind: 'cookie'; readonly value: string }

/** Finds the caller behind a credential: throws `unauthenticated` for a bad bearer token; a bad cookie is anonymous. */
export type Authenticate = (credential: Credential) => Promise<Principal> | Principal

/** What a process knows about ended credentials; for connections that outlive a request. */
export interface SessionWatch {
  /** When a valid credential expires by itself: Unix milliseconds; `undefined` when that is unknown or moves. */
  expiresAtMs(credential: Credential): number | undefined
  /** Called for each ended session and each user whose permissions changed, as soon as this process learns about it. */
  onRevoked(listener: (revoked: Revoked) => void): () => void
  /** Milliseconds since this process last read all revocations. While it is long, a revocation may be missed. */
  silentMs(): number
  close(): Promise<void> | undefined
}

export type Revoked =
  | { readonly kind: 'session'; readonly sessionId: string }
  /** Credentials of this user may have lost permissions: authenticate again. */
  | { readonly kind: 'user'; readonly userId: string }

export const anonymous: Principal = { kind: 'anonymous' }

/** True if any of the roles carries the permission. */
export function hasPermission(roles: readonly Role[], permission: Pick<PermissionGrant, 'roles'>): boolean {
  return roles.some(role => permission.roles.includes(role))
}

/**
 * Admits the actor or throws `unauthenticated` / `forbidden`. Every operation passes here first, in every placement;
 * the module's `access.ts` decides what depends on the object itself (ownership). `caller` names the calling module, if
 * any. Throws `fresh-sign-in-required` and `email-unverified` where the operation demands it.
 */
export function authorize(access: Access, actor: Principal, caller?: string): void {
  if (access.kind === 'anyone') return
  if (access.kind === 'service') {
    if (caller === undefined) throw commonProblem('forbidden', { detail: 'Only other modules may call this.' })
    return
  }
  if (actor.kind !== 'user') throw commonProblem('unauthenticated')
  if (access.kind === 'signed-in') return
  const scope = access.kind === 'user' ? access.scope : access.permission
  if (actor.scopes !== '*' && !actor.scopes.includes(scope)) {
    throw commonProblem('forbidden', { detail: `This token lacks the scope "${scope}".` })
  }
  if (access.kind === 'permission' && !hasPermission(actor.roles, access)) throw commonProblem('forbidden')
  if (access.fresh === true && !isFresh(actor)) throw commonProblem('fresh-sign-in-required')
  if (access.verified === true && actor.isUnverified === true) throw commonProblem('email-unverified')
}

/** True if the caller authenticated within {@link freshMs}. */
export function isFresh(actor: Principal, nowMs = Date.now()): boolean {
  return actor.kind === 'user' && nowMs - actor.provenAtMs < freshMs
}

/** The user behind the call; throws `unauthenticated` for all other callers. */
export function requireUser(actor: Principal): Extract<Principal, { kind: 'user' }> {
  if (actor.kind !== 'user') throw commonProblem('unauthenticated')
  return actor
}

/** Who is calling. The same object in process and, signed, across processes; never taken from a request body. */
import { type Access, freshMs, type PermissionGrant, type Role } from './access.ts'
import { commonProblem } from './problem.ts'

export type Principal =
  | { readonly kind: 'anonymous' }
  | {
      readonly kind: 'user'
      readonly userId: string
      readonly sessionId: string
      readonly roles: readonly Role[]
      /** `*`: a full session. Otherwise what the token was narrowed to. */
      readonly scopes: '*' | readonly string[]
      /**
       * When the person last proved who they are, Unix milliseconds of the database's clock. 0 for credentials that
       * prove nobody's presence (API keys).
       */
      readonly provenAtMs: number
      /** The account's address was never proved. Absent: it was, or the account has more than ordinary rights. */
      readonly isUnverified?: true
    }
  | { readonly kind: 'service'; readonly module: string }

/** What a request proves about its caller. */
export type Credential =
  | { readonly kind: 'none' }
  | { readonly kind: 'bearer'; readonly token: string }
  | { readonly kind: 'cookie'; readonly value: string }

/** Who stands behind a credential: throws `unauthenticated` for a bad bearer token; a bad cookie is nobody. */
export type Authenticate = (credential: Credential) => Promise<Principal> | Principal

/** What a process knows of credentials that were good and are no longer; for connections that outlive a request. */
export interface SessionWatch {
  /**
   * When the credential, which was good a moment ago, ends by itself: Unix milliseconds; `undefined` when that is not
   * known, or moves.
   */
  expiresAtMs(credential: Credential): number | undefined
  /** Told of each session that ended and each user whose rights changed, as soon as this process hears of it. */
  onRevoked(listener: (revoked: Revoked) => void): () => void
  /** Milliseconds since this process last heard all the news. While it is long, a revocation may be missed. */
  silentMs(): number
  close(): Promise<void> | undefined
}

export type Revoked =
  | { readonly kind: 'session'; readonly sessionId: string }
  /** Credentials of this user may be worth less than before: ask again. */
  | { readonly kind: 'user'; readonly userId: string }

export const anonymous: Principal = { kind: 'anonymous' }

/** Whether any of the roles carries the permission. */
export function hasPermission(roles: readonly Role[], permission: Pick<PermissionGrant, 'roles'>): boolean {
  return roles.some(role => permission.roles.includes(role))
}

/**
 * Lets the actor through or throws `unauthenticated` / `forbidden`. Every operation passes here first, in every
 * placement; what depends on the object itself (ownership) is decided in the module's `access.ts`. `caller` names the
 * module that calls, when a module does. Without a fresh sign-in where one is needed: `fresh-sign-in-required`;
 * without a proved address: `email-unverified`.
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

/** Whether the caller proved who they are within {@link freshMs}. */
export function isFresh(actor: Principal, nowMs = Date.now()): boolean {
  return actor.kind === 'user' && nowMs - actor.provenAtMs < freshMs
}

/** The user behind the call; throws `unauthenticated` for everyone else. */
export function requireUser(actor: Principal): Extract<Principal, { kind: 'user' }> {
  if (actor.kind !== 'user') throw commonProblem('unauthenticated')
  return actor
}

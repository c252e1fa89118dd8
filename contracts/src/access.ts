/** Access policies of operations: anyone, signed-in users, holders of a permission, or other modules. */

export const roles = ['user', 'premium', 'moderator', 'admin'] as const
export type Role = (typeof roles)[number]

/**
 * A permission beyond the caller's own objects, and the roles that carry it. A user has the permissions of all their
 * roles.
 */
export interface PermissionGrant<Name extends string = string> {
  /** `users:read`: the noun, then the verb. */
  readonly name: Name
  readonly roles: readonly Role[]
}

/** Permissions by name. */
export type PermissionGrants = Readonly<Record<string, PermissionGrant>>

/** Declares a module's permissions beside its operations: `{ 'users:read': ['moderator', 'admin'] }`. */
export function grantPermissions<const Names extends string>(
  grants: Readonly<Record<Names, readonly Role[]>>,
): { readonly [Name in Names]: PermissionGrant<Name> } {
  const entries = Object.entries<readonly Role[]>(grants).map(([name, holders]) => [name, { name, roles: holders }])
  return Object.fromEntries(entries)
}

/** Permissions to administer an installation. They belong to the platform, and modules may require them too. */
export const floorPermissions = grantPermissions({ 'operations:read': ['admin'], 'operations:write': ['admin'] })

/** The callers that may use an operation. Checked in every placement, before the input is read. */
export type Access =
  /** Anyone, signed in or not. */
  | { readonly kind: 'anyone' }
  /** A signed-in user with any scopes: the route checks them itself, because they depend on the request. */
  | { readonly kind: 'signed-in' }
  /** A signed-in user; a token with narrower scopes needs `scope`. */
  | ({ readonly kind: 'user'; readonly scope: string } & AccessOptions)
  /** A signed-in user with one of `roles`, which carry `permission`; a token with narrower scopes needs it as scope. */
  | ({ readonly kind: 'permission'; readonly permission: string; readonly roles: readonly Role[] } & AccessOptions)
  /** Another module acting for itself; never reachable from the public API. */
  | { readonly kind: 'service' }

/** How long a sign-in or step-up counts as fresh. */
export const freshMs = 10 * 60_000

export interface AccessOptions {
  /**
   * The caller must have signed in or stepped up within {@link freshMs}. Required for operations that a stolen session
   * must not reach: credentials, export, deletion, payments, administration.
   */
  readonly fresh?: boolean
  /**
   * The account's e-mail address must be verified. Required where throw-away accounts would do harm: claims on names,
   * messages to strangers.
   */
  readonly verified?: boolean
}

export const access = {
  anyone: { kind: 'anyone' },
  signedIn: { kind: 'signed-in' },
  service: { kind: 'service' },
  user: (scope: string, options: AccessOptions = {}): Access => ({ kind: 'user', scope, ...options }),
  permission: ({ name, roles }: PermissionGrant, options: AccessOptions = {}): Access => ({
    kind: 'permission',
    permission: name,
    roles,
    ...options,
  }),
} as const

/** Other people: looking up and administering accounts. */
import { Type } from 'typebox'
import { access } from '../access.ts'
import { closed, Id, listOf, operation, page } from '../define.ts'
import { identityPermissions } from './permissions.ts'
import { ManagedUser, PublicUser, RoleName } from './shapes.ts'

export const peopleOperations = {
  listUsers: operation({
    summary: 'All accounts, newest first',
    http: 'GET /users',
    access: access.permission(identityPermissions['users:read']),
    input: closed({
      ...page,
      q: Type.Optional(Type.String({ minLength: 1, maxLength: 60, description: 'start of the username' })),
    }),
    output: listOf(ManagedUser),
    problems: [],
    retry: 'safe',
    timeoutMs: 2_000,
  }),
  setUserRoles: operation({
    summary: 'Change the roles of an account; takes effect everywhere within a second',
    http: 'PUT /users/:id/roles',
    access: access.permission(identityPermissions['users:manage'], { fresh: true }),
    input: closed({ id: Id, roles: Type.Array(RoleName, { minItems: 1, maxItems: 4, uniqueItems: true }) }),
    output: ManagedUser,
    problems: ['identity.last-admin'],
    retry: 'safe',
    timeoutMs: 5_000,
  }),
  getUsers: operation({
    summary: 'Public profiles by id, for other modules; unknown ids are left out',
    access: access.service,
    input: closed({ ids: Type.Array(Id, { maxItems: 100 }) }),
    output: closed({ users: Type.Array(PublicUser) }),
    problems: [],
    retry: 'safe',
    timeoutMs: 1_000,
  }),
}

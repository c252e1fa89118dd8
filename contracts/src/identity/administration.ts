/** Operations of administrators on accounts. Acting as another account is impossible. */
import { Type } from 'typebox'
import { access } from '../access.ts'
import { closed, Id, Nothing, operation } from '../define.ts'
import { identityPermissions } from './permissions.ts'
import { ManagedUser } from './shapes.ts'

export const administrationOperations = {
  disableUser: operation({
    summary: 'Disable an account; all its credentials are refused within a second',
    http: 'PUT /users/:id/disabled',
    access: access.permission(identityPermissions['users:manage'], { fresh: true }),
    input: closed({ id: Id, reason: Type.String({ minLength: 1, maxLength: 200 }) }),
    output: ManagedUser,
    problems: ['identity.last-admin'],
    retry: 'safe',
    timeoutMs: 5_000,
  }),
  enableUser: operation({
    summary: 'Enable an account again; its sessions stay ended, its API keys work again',
    http: 'DELETE /users/:id/disabled',
    access: access.permission(identityPermissions['users:manage'], { fresh: true }),
    input: closed({ id: Id }),
    output: ManagedUser,
    problems: [],
    retry: 'safe',
    timeoutMs: 5_000,
  }),
  endUserSessions: operation({
    summary: 'Sign an account out everywhere',
    http: 'DELETE /users/:id/sessions',
    status: 204,
    access: access.permission(identityPermissions['users:manage'], { fresh: true }),
    input: closed({ id: Id }),
    output: Nothing,
    problems: [],
    retry: 'safe',
    timeoutMs: 5_000,
  }),
}

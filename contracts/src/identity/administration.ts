/** Operations of administrators on accounts. Acting as another account is impossible. */
import { type Static, Type } from 'typebox'
import { access, floorPermissions } from '../access.ts'
import { closed, Id, Nothing, nullable, operation, Time } from '../define.ts'
import { identityPermissions } from './permissions.ts'
import { ManagedUser } from './shapes.ts'

const SharePercent = nullable(
  Type.Integer({ minimum: 0, maximum: 100, description: 'for how many of 100 accounts it is on; null: the default' }),
)

const FlagState = closed({
  name: Type.String({ description: 'the module, then the feature: `links.fetch-titles`' }),
  about: closed({ en: Type.String(), de: Type.String() }),
  isOnByDefault: Type.Boolean(),
  sharePercent: SharePercent,
  changedAt: nullable(Time),
})
export type FlagState = Static<typeof FlagState>

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
  listFlags: operation({
    summary: 'The feature flags of all modules',
    http: 'GET /flags',
    access: access.permission(floorPermissions['operations:read']),
    input: closed({}),
    output: closed({ flags: Type.Array(FlagState) }),
    problems: [],
    retry: 'safe',
    timeoutMs: 2_000,
  }),
  setFlag: operation({
    summary: 'Turn a feature off, on, or on for a share of the accounts; every process knows it within two seconds',
    http: 'PUT /flags/:name',
    access: access.permission(floorPermissions['operations:write'], { fresh: true }),
    input: closed({
      name: Type.String({
        pattern: '^[a-z][a-z0-9-]*[.][a-z][a-z0-9-]*$',
        maxLength: 80,
        examples: ['links.fetch-titles'],
      }),
      sharePercent: SharePercent,
    }),
    output: FlagState,
    problems: [],
    retry: 'safe',
    timeoutMs: 5_000,
  }),
}

/** What identity promises: accounts, sign-in, sessions and roles. */
import { type Static, Type } from 'typebox'
import { access, closed, defineContract, event, Id, listOf, Nothing, operation, page, roles, Time } from './define.ts'

const minuteMs = 60_000

const Username = Type.String({ minLength: 3, maxLength: 30, pattern: '^[a-zA-Z0-9_-]+$' })
const Email = Type.String({
  minLength: 3,
  maxLength: 254,
  pattern: '^[^\\s@\\u0000-\\u001f]+@[^\\s@\\u0000-\\u001f]+\\.[^\\s@\\u0000-\\u001f]+$',
})
/** Checked again in bytes after Unicode normalisation; never truncated. */
const Password = Type.String({ minLength: 8, maxLength: 1024, writeOnly: true })
const RoleName = Type.Enum([...roles])

const Preferences = closed({
  theme: Type.Optional(Type.Enum(['auto', 'light', 'dark'])),
  language: Type.Optional(Type.Enum(['en', 'de'])),
  timeZone: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: 'IANA name' })),
})

/** The account as its owner sees it. */
export const Me = closed({
  id: Id,
  username: Username,
  displayName: Type.String(),
  email: Type.String(),
  emailVerified: Type.Boolean(),
  roles: Type.Array(RoleName),
  preferences: Preferences,
  createdAt: Time,
  version: Type.Integer(),
})
export type Me = Static<typeof Me>

/** The account as others see it. */
const PublicUser = closed({ id: Id, username: Username, displayName: Type.String() })
const ManagedUser = closed({ ...PublicUser.properties, roles: Type.Array(RoleName), createdAt: Time })

/** A signed-in device: one session, whether a browser or an API client. */
export const Device = closed({
  id: Id,
  kind: Type.Enum(['web', 'api']),
  userAgent: Type.String(),
  address: Type.String({ description: 'network prefix, not the full address' }),
  createdAt: Time,
  lastSeenAt: Time,
  current: Type.Boolean(),
})
export type Device = Static<typeof Device>

const PrincipalOf = Type.Union([
  closed({ kind: Type.Literal('anonymous') }),
  closed({
    kind: Type.Literal('user'),
    userId: Id,
    sessionId: Id,
    roles: Type.Array(RoleName),
    scopes: Type.Union([Type.Literal('*'), Type.Array(Type.String())]),
  }),
])

const Tokens = closed({
  user: Me,
  accessToken: Type.String(),
  refreshToken: Type.String(),
  expiresIn: Type.Integer({ description: 'life of the access token, seconds' }),
})
const registration = { username: Username, email: Email, password: Password }
const credentials = {
  login: Type.String({ minLength: 1, maxLength: 254, description: 'username or e-mail' }),
  password: Type.String({ minLength: 1, maxLength: 1024, writeOnly: true }),
}
const signInLimits = [{ by: 'address', max: 60, windowMs: minuteMs }] as const

export const identity = defineContract({
  name: 'identity',
  problems: {
    'username-taken': { status: 409, title: 'That username is taken.' },
    'username-reserved': { status: 409, title: 'That username cannot be used.' },
    'wrong-credentials': { status: 401, title: 'Login or password is wrong.' },
    'session-ended': { status: 401, title: 'This session has ended; sign in again.' },
    'session-replayed': {
      status: 401,
      title: 'An old refresh token was used again, so this session was ended for safety.',
    },
    'setup-token-invalid': {
      status: 403,
      title: 'This set-up link was used or has expired; restart Octet for a new one.',
    },
    'last-admin': { status: 409, title: 'The last administrator must stay one.' },
  },
  operations: {
    register: operation({
      summary: 'Create an account and sign in',
      http: 'POST /auth/register',
      status: 201,
      access: access.anyone,
      ignoresCredentials: true,
      input: closed(registration),
      output: Tokens,
      problems: ['identity.username-taken', 'identity.username-reserved'],
      retry: 'keyed',
      timeoutMs: 10_000,
      limits: signInLimits,
    }),
    login: operation({
      summary: 'Sign in with username or e-mail and password',
      http: 'POST /auth/login',
      access: access.anyone,
      ignoresCredentials: true,
      input: closed(credentials),
      output: Tokens,
      problems: ['identity.wrong-credentials'],
      retry: 'never',
      timeoutMs: 10_000,
      limits: signInLimits,
    }),
    refresh: operation({
      summary: 'Exchange a refresh token for a fresh pair of tokens',
      http: 'POST /auth/refresh',
      access: access.anyone,
      ignoresCredentials: true,
      input: closed({ refreshToken: Type.String({ minLength: 1, maxLength: 512 }) }),
      output: Tokens,
      problems: ['identity.session-ended', 'identity.session-replayed'],
      retry: 'safe',
      timeoutMs: 5_000,
      limits: [{ by: 'address', max: 300, windowMs: minuteMs }],
    }),
    logout: operation({
      summary: 'End the session this request was made with',
      http: 'POST /auth/logout',
      handledBy: 'module',
      status: 204,
      access: access.user('account:write'),
      input: closed({}),
      output: Nothing,
      problems: [],
      retry: 'safe',
      timeoutMs: 5_000,
    }),
    webRegister: operation({
      summary: 'Create an account and sign this browser in by cookie',
      http: 'POST /auth/web/register',
      handledBy: 'module',
      status: 201,
      access: access.anyone,
      input: closed(registration),
      output: Me,
      problems: ['identity.username-taken', 'identity.username-reserved'],
      retry: 'never',
      timeoutMs: 10_000,
      limits: signInLimits,
    }),
    webLogin: operation({
      summary: 'Sign this browser in by cookie',
      http: 'POST /auth/web/login',
      handledBy: 'module',
      access: access.anyone,
      input: closed({ ...credentials, remember: Type.Optional(Type.Boolean({ default: true })) }),
      output: Me,
      problems: ['identity.wrong-credentials'],
      retry: 'never',
      timeoutMs: 10_000,
      limits: signInLimits,
    }),
    webSetup: operation({
      summary: 'Create the first administrator with the one-time link printed at start',
      http: 'POST /auth/web/setup',
      handledBy: 'module',
      status: 201,
      access: access.anyone,
      input: closed({
        ...registration,
        token: Type.String({ minLength: 1, maxLength: 100 }),
        examples: Type.Optional(Type.Boolean({ default: true, description: 'take over the demo data' })),
      }),
      output: Me,
      problems: ['identity.setup-token-invalid', 'identity.username-taken', 'identity.username-reserved'],
      retry: 'never',
      timeoutMs: 10_000,
      limits: signInLimits,
    }),
    getSetup: operation({
      summary: 'Whether this installation still waits for its first administrator',
      http: 'GET /auth/setup',
      access: access.anyone,
      input: closed({}),
      output: closed({ needed: Type.Boolean() }),
      problems: [],
      retry: 'safe',
      timeoutMs: 2_000,
    }),
    getMe: operation({
      summary: 'Your account',
      http: 'GET /users/me',
      access: access.user('account:read'),
      input: closed({}),
      output: Me,
      problems: [],
      retry: 'safe',
      timeoutMs: 2_000,
      versioned: true,
    }),
    updateMe: operation({
      summary: 'Change your profile or preferences',
      http: 'PATCH /users/me',
      access: access.user('account:write'),
      input: closed({
        displayName: Type.Optional(Type.String({ minLength: 1, maxLength: 80 })),
        preferences: Type.Optional(Preferences),
      }),
      output: Me,
      problems: [],
      retry: 'safe',
      timeoutMs: 2_000,
      versioned: true,
    }),
    listDevices: operation({
      summary: 'Your signed-in devices, most recently used first',
      http: 'GET /users/me/devices',
      access: access.user('account:read'),
      input: closed({ ...page }),
      output: listOf(Device),
      problems: [],
      retry: 'safe',
      timeoutMs: 2_000,
    }),
    signOutDevice: operation({
      summary: 'Sign one of your devices out',
      http: 'DELETE /users/me/devices/:id',
      status: 204,
      access: access.user('account:write'),
      input: closed({ id: Id }),
      output: Nothing,
      problems: [],
      retry: 'safe',
      timeoutMs: 5_000,
    }),
    signOutOthers: operation({
      summary: 'Sign out everywhere but here',
      http: 'DELETE /users/me/devices',
      status: 204,
      access: access.user('account:write'),
      input: closed({}),
      output: Nothing,
      problems: [],
      retry: 'safe',
      timeoutMs: 5_000,
    }),
    listUsers: operation({
      summary: 'All accounts, newest first',
      http: 'GET /users',
      access: access.permission('users:read'),
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
      summary: 'Change the roles of an account; bites within a second everywhere',
      http: 'PUT /users/:id/roles',
      access: access.permission('users:manage'),
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
    authenticate: operation({
      summary: 'Who stands behind a credential, for processes that do not serve identity; a bad cookie is nobody',
      access: access.service,
      input: closed({
        kind: Type.Enum(['bearer', 'cookie']),
        value: Type.String({ minLength: 1, maxLength: 4096, writeOnly: true }),
      }),
      output: PrincipalOf,
      problems: [],
      retry: 'safe',
      timeoutMs: 2_000,
    }),
  },
  events: {
    'user-registered': event({ version: 1, data: closed({ userId: Id }) }),
    'owner-created': event({ version: 1, data: closed({ userId: Id, examples: Type.Boolean() }) }),
  },
})

/** API keys: programs act for the person who created them. */
import { type Static, Type } from 'typebox'
import { access } from '../access.ts'
import { closed, Id, listOf, Nothing, nullable, operation, page, Time } from '../define.ts'

const Scope = Type.String({
  minLength: 3,
  maxLength: 60,
  pattern: '^[a-z][a-z-]*:[a-z][a-z-]*$',
  examples: ['links:read'],
})

const ApiKey = closed({
  id: Id,
  name: Type.String(),
  prefix: Type.String({ description: 'how the key begins; not secret' }),
  last4: Type.String(),
  scopes: Type.Array(Scope),
  createdAt: Time,
  expiresAt: Time,
  lastUsedAt: nullable(Time),
})
export type ApiKey = Static<typeof ApiKey>

export const keyOperations = {
  listScopes: operation({
    summary: 'The scopes that an API key may have',
    http: 'GET /auth/scopes',
    access: access.anyone,
    input: closed({}),
    output: closed({
      scopes: Type.Array(closed({ scope: Scope, allows: Type.Array(Type.String()) })),
    }),
    problems: [],
    retry: 'safe',
    timeoutMs: 1_000,
  }),
  createApiKey: operation({
    summary: 'Create an API key; this is the only time it is shown',
    http: 'POST /auth/keys',
    status: 201,
    access: access.user('keys:write', { fresh: true }),
    input: closed({
      name: Type.String({ minLength: 1, maxLength: 60 }),
      scopes: Type.Array(Scope, { minItems: 1, maxItems: 50, uniqueItems: true }),
      expiresInDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 365, default: 90 })),
    }),
    output: closed({ ...ApiKey.properties, key: Type.String({ description: 'oct_pat_<id>_<secret><checksum>' }) }),
    problems: ['identity.too-many-keys'],
    retry: 'never',
    timeoutMs: 5_000,
    limits: [{ by: 'account', max: 30, windowMs: 60 * 60_000 }],
  }),
  listApiKeys: operation({
    summary: 'Your valid API keys, newest first',
    http: 'GET /auth/keys',
    access: access.user('account:read'),
    input: closed({ ...page }),
    output: listOf(ApiKey),
    problems: [],
    retry: 'safe',
    timeoutMs: 2_000,
  }),
  revokeApiKey: operation({
    summary: 'Revoke an API key; takes effect everywhere within a second',
    http: 'DELETE /auth/keys/:id',
    status: 204,
    access: access.user('keys:write'),
    input: closed({ id: Id }),
    output: Nothing,
    problems: [],
    retry: 'safe',
    timeoutMs: 5_000,
  }),
  reportLeakedKey: operation({
    summary: 'Revoke a leaked API key; the answer is always the same',
    http: 'POST /auth/keys/leaked',
    status: 204,
    access: access.anyone,
    ignoresCredentials: true,
    input: closed({ key: Type.String({ minLength: 1, maxLength: 200, writeOnly: true }) }),
    output: Nothing,
    problems: [],
    retry: 'safe',
    timeoutMs: 5_000,
    limits: [{ by: 'address', max: 60, windowMs: 60_000 }],
  }),
}

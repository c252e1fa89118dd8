/** Sign-in with providers (OpenID Connect). */
import { Type } from 'typebox'
import { access } from '../access.ts'
import { closed, Nothing, operation, Time } from '../define.ts'

const provider = Type.String({ pattern: '^[a-z][a-z0-9-]{0,29}$', examples: ['google'] })
const returnTo = Type.Optional(Type.String({ maxLength: 500, description: 'path of this site to come back to' }))
const startLimits = [{ by: 'address', max: 30, windowMs: 60_000 }] as const
const Away = closed({ url: Type.String({ description: 'send the browser there' }) })

export const providerOperations = {
  listProviders: operation({
    summary: 'The sign-in providers of this installation',
    http: 'GET /auth/providers',
    access: access.anyone,
    input: closed({}),
    output: closed({ providers: Type.Array(closed({ name: provider })) }),
    problems: [],
    retry: 'safe',
    timeoutMs: 1_000,
  }),
  startProviderLogin: operation({
    summary: 'Begin to sign this browser in with a provider',
    http: 'POST /auth/providers/:provider/login',
    handledBy: 'module',
    access: access.anyone,
    input: closed({ provider, returnTo }),
    output: Away,
    problems: [],
    retry: 'safe',
    timeoutMs: 10_000,
    limits: startLimits,
  }),
  startProviderLink: operation({
    summary: 'Begin to link a provider with your account',
    http: 'POST /users/me/providers/:provider',
    handledBy: 'module',
    access: access.user('account:write', { fresh: true }),
    input: closed({ provider, returnTo }),
    output: Away,
    problems: [],
    retry: 'safe',
    timeoutMs: 10_000,
    limits: startLimits,
  }),
  listLinkedProviders: operation({
    summary: 'The providers linked with your account',
    http: 'GET /users/me/providers',
    access: access.user('account:read'),
    input: closed({}),
    output: closed({
      data: Type.Array(closed({ provider, label: Type.String(), linkedAt: Time, usedAt: Time })),
    }),
    problems: [],
    retry: 'safe',
    timeoutMs: 2_000,
  }),
  unlinkProvider: operation({
    summary: 'Unlink a provider from your account',
    http: 'DELETE /users/me/providers/:provider',
    status: 204,
    access: access.user('account:write', { fresh: true }),
    input: closed({ provider }),
    output: Nothing,
    problems: ['identity.last-way-in'],
    retry: 'safe',
    timeoutMs: 5_000,
  }),
}

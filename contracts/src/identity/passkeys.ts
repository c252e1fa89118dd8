/** Passkeys: adding and removing them, and signing in with them. */
import { Type } from 'typebox'
import { access } from '../access.ts'
import { closed, Id, listOf, Nothing, nullable, operation, page, Time } from '../define.ts'
import { Me, PasskeyAssertion, PasskeyRegistration, signInLimits, Tokens } from './shapes.ts'

const Name = Type.String({ minLength: 1, maxLength: 60 })
const Passkey = closed({
  id: Id,
  name: Name,
  guardsPassword: Type.Boolean({ description: 'a password alone does not sign in while there is one' }),
  backedUp: Type.Boolean({ description: 'kept by a password manager or cloud, not by one device alone' }),
  createdAt: Time,
  lastUsedAt: nullable(Time),
})
const Options = closed({
  options: Type.Record(Type.String(), Type.Unknown(), {
    description: 'JSON for parse…OptionsFromJSON() of the browser',
  }),
})
const signInProblems = [
  'identity.passkey-refused',
  'identity.account-disabled',
  'identity.second-factor-required',
] as const

export const passkeyOperations = {
  passkeyOptions: operation({
    summary: 'The challenge that a passkey signs; valid once, for five minutes',
    http: 'POST /auth/passkeys/options',
    access: access.anyone,
    input: closed({ purpose: Type.Enum(['sign-in', 'second-factor', 'step-up']) }),
    output: Options,
    problems: ['identity.passkeys-impossible'],
    retry: 'safe',
    timeoutMs: 2_000,
    limits: signInLimits,
  }),
  passkeyLogin: operation({
    summary: 'Sign in with a passkey',
    http: 'POST /auth/passkeys/login',
    access: access.anyone,
    ignoresCredentials: true,
    input: closed({ passkey: PasskeyAssertion }),
    output: Tokens,
    problems: signInProblems,
    retry: 'never',
    timeoutMs: 5_000,
    limits: signInLimits,
  }),
  webPasskeyLogin: operation({
    summary: 'Sign this browser in with a passkey',
    http: 'POST /auth/web/passkeys/login',
    handledBy: 'module',
    access: access.anyone,
    input: closed({ passkey: PasskeyAssertion, remember: Type.Optional(Type.Boolean({ default: true })) }),
    output: Me,
    problems: signInProblems,
    retry: 'never',
    timeoutMs: 5_000,
    limits: signInLimits,
  }),
  startPasskey: operation({
    summary: 'The options for a new passkey; valid once, for five minutes',
    http: 'POST /users/me/passkeys/options',
    access: access.user('account:write', { fresh: true }),
    input: closed({}),
    output: Options,
    problems: ['identity.passkeys-impossible'],
    retry: 'safe',
    timeoutMs: 2_000,
  }),
  addPasskey: operation({
    summary: 'Add a new passkey',
    http: 'POST /users/me/passkeys',
    status: 201,
    access: access.user('account:write', { fresh: true }),
    input: closed({
      passkey: PasskeyRegistration,
      name: Type.Optional(Name),
      guardsPassword: Type.Optional(Type.Boolean({ default: false })),
      signOutOthers: Type.Optional(Type.Boolean({ default: true, description: 'when it turns on the second step' })),
    }),
    output: closed({
      passkey: Passkey,
      recoveryCodes: Type.Array(Type.String(), { description: 'when it turned on the second step; shown this once' }),
    }),
    problems: ['identity.passkey-refused', 'identity.passkey-known', 'identity.passkeys-full'],
    retry: 'never',
    timeoutMs: 5_000,
  }),
  listPasskeys: operation({
    summary: 'Your passkeys, oldest first',
    http: 'GET /users/me/passkeys',
    access: access.user('account:read'),
    input: closed({ include: page.include }),
    output: listOf(Passkey),
    problems: [],
    retry: 'safe',
    timeoutMs: 2_000,
  }),
  renamePasskey: operation({
    summary: 'Rename a passkey',
    http: 'PATCH /users/me/passkeys/:id',
    access: access.user('account:write'),
    input: closed({ id: Id, name: Name }),
    output: Passkey,
    problems: [],
    retry: 'safe',
    timeoutMs: 2_000,
  }),
  removePasskey: operation({
    summary: 'Remove a passkey and end the other sessions that it created',
    http: 'DELETE /users/me/passkeys/:id',
    status: 204,
    access: access.user('account:write', { fresh: true }),
    input: closed({ id: Id, endSessions: Type.Optional(Type.Boolean({ default: true })) }),
    output: Nothing,
    problems: ['identity.last-way-in'],
    retry: 'safe',
    timeoutMs: 5_000,
  }),
}

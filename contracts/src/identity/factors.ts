/** Second factors: codes from an app, recovery codes, and how sign-in asks for them. */
import { type Static, Type } from 'typebox'
import { access } from '../access.ts'
import { closed, Nothing, nullable, operation, Time } from '../define.ts'
import { Me, SecondFactorProof, signInLimits, Tokens } from './shapes.ts'

const Factor = Type.Enum(['totp', 'recovery-code', 'passkey'])

/** The `data` of the problem `identity.second-factor-required`. */
export const SecondFactorDemand = closed({
  challenge: nullable(Type.String({ description: 'for POST /auth/login/second-factor; null at a step-up' })),
  factors: Type.Array(Factor, { description: 'the factors that the person may use' }),
  expiresIn: Type.Integer({ description: 'life of the challenge, seconds' }),
})
export type SecondFactorDemand = Static<typeof SecondFactorDemand>

const Code = Type.String({ minLength: 6, maxLength: 16, pattern: '^[0-9 ]+$', writeOnly: true, examples: ['123456'] })
const RecoveryCodes = closed({
  recoveryCodes: Type.Array(Type.String(), { description: 'shown this once; each works once in place of a code' }),
})
const challenge = { challenge: Type.String({ minLength: 1, maxLength: 100, writeOnly: true }) }
const finishing = ['identity.challenge-ended', 'identity.second-factor-wrong', 'identity.passkey-refused'] as const
const codeLimits = [{ by: 'account', max: 60, windowMs: 60_000 }] as const

export const factorOperations = {
  finishLogin: operation({
    summary: 'The second step of sign-in, after the problem second-factor-required',
    http: 'POST /auth/login/second-factor',
    access: access.anyone,
    ignoresCredentials: true,
    input: closed({ ...challenge, ...SecondFactorProof }, { examples: [{ challenge: '…', code: '123456' }] }),
    output: Tokens,
    problems: finishing,
    retry: 'never',
    timeoutMs: 5_000,
    limits: signInLimits,
  }),
  webFinishLogin: operation({
    summary: 'The second step of sign-in in a browser',
    http: 'POST /auth/web/login/second-factor',
    handledBy: 'module',
    access: access.anyone,
    input: closed({ ...challenge, ...SecondFactorProof }, { examples: [{ challenge: '…', code: '123456' }] }),
    output: Me,
    problems: finishing,
    retry: 'never',
    timeoutMs: 5_000,
    limits: signInLimits,
  }),
  startTotp: operation({
    summary: 'A new secret for an authenticator app; nothing changes until it is confirmed',
    http: 'POST /users/me/totp',
    status: 201,
    access: access.user('account:write', { fresh: true }),
    input: closed({}),
    output: closed({
      secret: Type.String({ description: 'base32, for typing' }),
      uri: Type.String({ description: 'otpauth://, for a QR code' }),
    }),
    problems: ['identity.totp-on'],
    retry: 'safe',
    timeoutMs: 5_000,
  }),
  confirmTotp: operation({
    summary: 'Turn on the authenticator app with a code from it',
    http: 'POST /users/me/totp/confirmation',
    access: access.user('account:write', { fresh: true }),
    input: closed({
      code: Code,
      signOutOthers: Type.Optional(Type.Boolean({ default: true, description: 'end all other sessions' })),
    }),
    output: RecoveryCodes,
    problems: ['identity.totp-on', 'identity.totp-not-started', 'identity.second-factor-wrong'],
    retry: 'never',
    timeoutMs: 5_000,
    limits: codeLimits,
  }),
  removeTotp: operation({
    summary: 'Turn off the authenticator app',
    http: 'DELETE /users/me/totp',
    status: 204,
    access: access.user('account:write', { fresh: true }),
    input: closed({}),
    output: Nothing,
    problems: [],
    retry: 'safe',
    timeoutMs: 5_000,
  }),
  makeRecoveryCodes: operation({
    summary: 'New recovery codes; the old ones stop working',
    http: 'POST /users/me/recovery-codes',
    status: 201,
    access: access.user('account:write', { fresh: true }),
    input: closed({}),
    output: RecoveryCodes,
    problems: ['identity.two-step-off'],
    retry: 'never',
    timeoutMs: 5_000,
  }),
  getSecurity: operation({
    summary: 'How your account is protected',
    http: 'GET /users/me/security',
    access: access.user('account:read'),
    input: closed({}),
    output: closed({
      hasPassword: Type.Boolean(),
      twoStep: Type.Boolean({ description: 'a password alone does not sign in' }),
      totpSince: nullable(Time),
      recoveryCodesLeft: Type.Integer(),
      passkeys: Type.Integer(),
      passkeysPossible: Type.Boolean({ description: 'false where the address is a number and not a name' }),
      freshUntil: nullable(Time),
    }),
    problems: [],
    retry: 'safe',
    timeoutMs: 2_000,
  }),
}

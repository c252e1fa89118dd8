/** E-mail addresses and passwords: verification, change, reset, recovery. */
import { Type } from 'typebox'
import { access } from '../access.ts'
import { closed, Nothing, nullable, operation } from '../define.ts'
import { Email, Me, Password } from './shapes.ts'

/** The token of a mailed link, after `#token=`. */
const LinkToken = Type.String({ minLength: 1, maxLength: 100, writeOnly: true })
const mailLimits = [
  { by: 'account', max: 5, windowMs: 10 * 60_000 },
  { by: 'address', max: 20, windowMs: 10 * 60_000 },
] as const
const linkLimits = [{ by: 'address', max: 30, windowMs: 60_000 }] as const

export const addressOperations = {
  getEmail: operation({
    summary: 'Your address, and the one waiting for confirmation',
    http: 'GET /users/me/email',
    access: access.user('account:read'),
    input: closed({}),
    output: closed({
      email: nullable(Type.String()),
      verified: Type.Boolean(),
      pending: nullable(Type.String({ description: 'a code was sent there and not entered yet' })),
    }),
    problems: [],
    retry: 'safe',
    timeoutMs: 2_000,
  }),
  changeEmail: operation({
    summary: 'Send a code to a new address; it becomes yours when you enter the code',
    http: 'PUT /users/me/email',
    status: 202,
    access: access.user('account:write', { fresh: true }),
    input: closed({ email: Email }),
    output: Nothing,
    problems: [],
    retry: 'safe',
    timeoutMs: 5_000,
    limits: mailLimits,
  }),
  resendCode: operation({
    summary: 'Send a new code to the address waiting for confirmation',
    http: 'POST /users/me/email/code',
    status: 202,
    access: access.user('account:write'),
    input: closed({}),
    output: Nothing,
    problems: [],
    retry: 'safe',
    timeoutMs: 5_000,
    limits: mailLimits,
  }),
  confirmEmail: operation({
    summary: 'Enter the code of a mail to verify your address',
    http: 'POST /users/me/email/confirmation',
    access: access.user('account:write'),
    input: closed({ code: Type.String({ minLength: 8, maxLength: 20, writeOnly: true, examples: ['K7QF-2M9D'] }) }),
    output: Me,
    problems: ['identity.code-invalid', 'identity.email-taken'],
    retry: 'never',
    timeoutMs: 5_000,
    limits: linkLimits,
  }),
  undoEmailChange: operation({
    summary: 'Undo a change of address with the link mailed to the old one; signs out everywhere',
    http: 'POST /auth/email/undo',
    status: 204,
    access: access.anyone,
    ignoresCredentials: true,
    input: closed({ token: LinkToken }),
    output: Nothing,
    problems: ['identity.link-invalid'],
    retry: 'never',
    timeoutMs: 5_000,
    limits: linkLimits,
  }),
  forgotPassword: operation({
    summary: 'Send a link for a new password, if an account has this address; the answer is always the same',
    http: 'POST /auth/password/forgot',
    status: 202,
    access: access.anyone,
    ignoresCredentials: true,
    input: closed({ email: Email }),
    output: Nothing,
    problems: [],
    retry: 'safe',
    timeoutMs: 5_000,
    limits: [{ by: 'address', max: 20, windowMs: 10 * 60_000 }],
  }),
  resetPassword: operation({
    summary: 'Set a new password with the link of a mail; signs out everywhere and does not sign in',
    http: 'POST /auth/password/reset',
    status: 204,
    access: access.anyone,
    ignoresCredentials: true,
    input: closed({ token: LinkToken, password: Password }),
    output: Nothing,
    problems: ['identity.link-invalid'],
    retry: 'never',
    timeoutMs: 10_000,
    limits: linkLimits,
  }),
  changePassword: operation({
    summary: 'Set your password; signs out everywhere but here',
    http: 'PUT /users/me/password',
    status: 204,
    access: access.user('account:write', { fresh: true }),
    input: closed({ password: Password }),
    output: Nothing,
    problems: [],
    retry: 'never',
    timeoutMs: 10_000,
    limits: linkLimits,
  }),
}

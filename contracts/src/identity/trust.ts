/** Questions that other modules and processes ask identity. */
import { Type } from 'typebox'
import { access } from '../access.ts'
import { closed, Id, operation } from '../define.ts'
import { PrincipalOf } from './shapes.ts'

const MailText = closed({
  subject: Type.String({ minLength: 1, maxLength: 200 }),
  lines: Type.Array(Type.String({ maxLength: 1_000 }), { minItems: 1, maxItems: 10 }),
  action: Type.Optional(
    closed({
      label: Type.String({ minLength: 1, maxLength: 60 }),
      path: Type.String({ pattern: '^/', maxLength: 500, description: 'of this installation' }),
    }),
  ),
})

export const trustOperations = {
  mailUser: operation({
    summary: 'Mail a person in their language at their verified address, without revealing the address',
    access: access.service,
    input: closed({
      userId: Id,
      kind: Type.String({ pattern: '^[a-z-]{1,40}$', description: 'for the operator: `webhook-disabled`' }),
      text: closed({ en: MailText, de: MailText }),
    }),
    output: closed({ sent: Type.Boolean({ description: 'false: no such account, or no verified address' }) }),
    problems: [],
    retry: 'keyed',
    timeoutMs: 5_000,
  }),
  authenticate: operation({
    summary: 'The caller behind a credential, for processes that do not serve identity; a bad cookie is anonymous',
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
  listRevocations: operation({
    summary: 'Sessions, keys and rights that ended since an earlier answer, for processes that do not serve identity',
    access: access.service,
    input: closed({ since: Type.Optional(Type.String({ pattern: '^[0-9]{1,20}$', description: 'its `horizon`' })) }),
    output: closed({
      horizon: Type.String(),
      clockMs: Type.Number({ description: "the database's clock" }),
      revocations: Type.Array(
        closed({
          kind: Type.Enum(['session', 'user', 'key', 'verified']),
          subject: Id,
          version: Type.Integer(),
          expiresAtMs: Type.Number(),
        }),
        { description: 'repeats are usual' },
      ),
    }),
    problems: [],
    retry: 'safe',
    timeoutMs: 2_000,
  }),
}

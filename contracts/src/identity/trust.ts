/** What processes ask identity about a caller. */
import { Type } from 'typebox'
import { access, closed, operation } from '../define.ts'
import { PrincipalOf } from './shapes.ts'

export const trustOperations = {
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
}

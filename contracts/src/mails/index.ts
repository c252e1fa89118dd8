/** The contract of mails: stored mails, for administrators. */
import { type Static, Type } from 'typebox'
import { access, floorPermissions } from '../access.ts'
import { closed, defineContract, Id, listOf, nullable, operation, page, Time } from '../define.ts'

const Kept = closed({
  id: Id,
  module: Type.String({ description: 'the module that sent it' }),
  kind: Type.String({ description: 'its subject, for programs' }),
  to: Type.String(),
  subject: Type.String(),
  state: Type.Enum(['waiting', 'kept', 'refused']),
  error: nullable(Type.String({ description: 'why the mail server refused it' })),
  createdAt: Time,
})
export type KeptMail = Static<typeof Kept>

export const mails = defineContract({
  name: 'mails',
  problems: {
    'mail-delivered-elsewhere': {
      status: 409,
      title: 'Mails are sent by SMTP, so their content is not shown here.',
    },
  },
  operations: {
    listMails: operation({
      summary: 'Stored mails, newest first: all without a mail server, otherwise waiting and refused ones',
      http: 'GET /mails',
      access: access.permission(floorPermissions['operations:read']),
      input: closed({
        ...page,
        cursor: Type.Optional(Id),
        to: Type.Optional(Type.String({ minLength: 3, maxLength: 254, description: 'only to this address' })),
      }),
      output: listOf(Kept),
      problems: [],
      retry: 'safe',
      timeoutMs: 2_000,
    }),
    getMail: operation({
      summary: 'The content of a mail; only while no mail server is configured',
      http: 'GET /mails/:id',
      access: access.permission(floorPermissions['operations:read']),
      input: closed({ id: Id }),
      output: closed({
        ...Kept.properties,
        text: Type.String(),
        html: Type.String({ description: 'show it in a sandboxed frame without scripts' }),
      }),
      problems: ['mails.mail-delivered-elsewhere'],
      retry: 'safe',
      timeoutMs: 2_000,
    }),
  },
  events: {},
})

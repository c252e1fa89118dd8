/** Personal data: its export and its erasure. */
import { type Static, Type } from 'typebox'
import { access } from '../access.ts'
import { closed, Id, Nothing, nullable, operation, Time } from '../define.ts'
import { identityPermissions } from './permissions.ts'

/** An export of all personal data of an account. */
export const Export = closed({
  id: Id,
  state: Type.Enum(['collecting', 'packing', 'ready', 'failed']),
  requestedAt: Time,
  expiresAt: Time,
  sizeBytes: nullable(Type.Integer()),
})
export type Export = Static<typeof Export>

export const privacyOperations = {
  requestExport: operation({
    summary: 'Request an export of all your personal data; one at a time',
    http: 'POST /users/me/export',
    status: 202,
    access: access.user('account:export', { fresh: true }),
    input: closed({}),
    output: Export,
    problems: ['identity.export-running'],
    retry: 'never',
    timeoutMs: 5_000,
    limits: [{ by: 'account', max: 10, windowMs: 24 * 60 * 60_000 }],
  }),
  listExports: operation({
    summary: 'Your exports, newest first; they are kept for seven days',
    http: 'GET /users/me/exports',
    access: access.user('account:export'),
    input: closed({}),
    output: closed({ data: Type.Array(Export) }),
    problems: [],
    retry: 'safe',
    timeoutMs: 2_000,
  }),
  createExportLink: operation({
    summary: 'A link that downloads the export once; a new link invalidates the previous one',
    http: 'POST /users/me/exports/:id/link',
    status: 201,
    access: access.user('account:export', { fresh: true }),
    input: closed({ id: Id }),
    output: closed({ url: Type.String(), expiresAt: Time }),
    problems: ['identity.export-not-ready'],
    retry: 'never',
    timeoutMs: 2_000,
  }),
  requestErasure: operation({
    summary: 'Delete your account and all its data; signing in before `erasesAt` cancels the deletion',
    http: 'DELETE /users/me',
    status: 202,
    access: access.user('account:erase', { fresh: true }),
    input: closed({ username: Type.String({ maxLength: 30, description: 'your username, typed to confirm' }) }),
    output: closed({ erasesAt: Time }),
    problems: ['identity.username-wrong', 'identity.last-admin'],
    retry: 'safe',
    timeoutMs: 5_000,
  }),
  eraseUser: operation({
    summary: 'Delete an account and all its data, at once and permanently',
    http: 'DELETE /users/:id',
    status: 204,
    access: access.permission(identityPermissions['users:manage'], { fresh: true }),
    input: closed({ id: Id, username: Type.String({ maxLength: 30, description: 'its username, typed to confirm' }) }),
    output: Nothing,
    problems: ['identity.username-wrong', 'identity.last-admin'],
    retry: 'safe',
    timeoutMs: 5_000,
  }),
}

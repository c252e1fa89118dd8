/** The audit log of an account, and whether it is unchanged. */
import { Type } from 'typebox'
import { access } from '../access.ts'
import { closed, Id, listOf, nullable, operation, page, Time } from '../define.ts'
import { identityPermissions } from './permissions.ts'

/** All recorded actions. Add, never rename: old entries keep their name. */
const auditActions = [
  ...['registered', 'signed-in', 'sign-in-failed', 'signed-out', 'signed-out-device', 'signed-out-others'],
  ...['session-replayed', 'stepped-up', 'roles-changed', 'disabled', 'enabled', 'sessions-ended'],
  ...['password-changed', 'password-reset-asked', 'password-reset', 'email-verified', 'email-changed'],
  ...['email-change-undone', 'totp-enrolled', 'totp-removed', 'recovery-codes-made', 'recovery-code-used'],
  ...['passkey-added', 'passkey-removed', 'provider-linked', 'provider-unlinked'],
  ...['key-created', 'key-revoked', 'key-leaked', 'blocked', 'unblocked', 'reported', 'report-resolved'],
  ...['export-asked', 'export-fetched', 'deletion-asked', 'deletion-cancelled', 'flag-changed'],
] as const
export type AuditAction = (typeof auditActions)[number]

const AuditEntry = closed({
  seq: Type.Integer({ description: 'grows by one with each entry of the account' }),
  at: Time,
  action: Type.Enum([...auditActions]),
  by: Type.Enum(['self', 'administrator', 'system']),
  address: Type.String({ description: 'network prefix; empty when no request was behind it' }),
  userAgent: Type.String(),
  details: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()])),
  otherUserId: nullable(Id),
})

const AuditVerification = closed({
  intact: Type.Boolean(),
  entries: Type.Integer({ description: 'how many were read' }),
  brokenAt: nullable(Type.Integer({ description: 'seq of the first entry that is missing or not as it was written' })),
})

const verifyLimits = [{ by: 'account', max: 10, windowMs: 60_000 }] as const

export const auditOperations = {
  listAudit: operation({
    summary: 'The audit log of your account, newest first',
    http: 'GET /users/me/audit',
    access: access.user('account:read'),
    input: closed({ ...page }),
    output: listOf(AuditEntry),
    problems: [],
    retry: 'safe',
    timeoutMs: 2_000,
  }),
  verifyAudit: operation({
    summary: 'Whether the audit log of your account is complete and unchanged',
    http: 'GET /users/me/audit/verification',
    access: access.user('account:read'),
    input: closed({}),
    output: AuditVerification,
    problems: [],
    retry: 'safe',
    timeoutMs: 5_000,
    limits: verifyLimits,
  }),
  verifyUserAudit: operation({
    summary: 'The same for any account',
    http: 'GET /users/:id/audit/verification',
    access: access.permission(identityPermissions['users:manage']),
    input: closed({ id: Id }),
    output: AuditVerification,
    problems: [],
    retry: 'safe',
    timeoutMs: 5_000,
    limits: verifyLimits,
  }),
}

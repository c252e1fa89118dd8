/** Other people: finding, blocking and reporting them. */
import { Type } from 'typebox'
import { access } from '../access.ts'
import { closed, Id, listOf, Nothing, nullable, operation, page, Time } from '../define.ts'
import { identityPermissions } from './permissions.ts'
import { PublicUser } from './shapes.ts'

const Profile = closed({
  ...PublicUser.properties,
  bio: Type.String(),
  createdAt: Time,
  blockedByMe: Type.Boolean(),
})
const Block = closed({ user: PublicUser, createdAt: Time })

const reportReasons = ['spam', 'harassment', 'impersonation', 'illegal', 'other'] as const
const Report = closed({
  id: Id,
  subject: PublicUser,
  reporter: nullable(PublicUser),
  reason: Type.Enum([...reportReasons]),
  note: Type.String(),
  createdAt: Time,
  resolvedAt: nullable(Time),
  outcome: nullable(Type.Enum(['no-action', 'warned', 'disabled'])),
  resolution: nullable(Type.String()),
})

export const socialOperations = {
  searchUsers: operation({
    summary: 'Find people by the start of their username or name',
    http: 'GET /users/search',
    access: access.user('people:read'),
    input: closed({ ...page, q: Type.String({ minLength: 2, maxLength: 60 }) }),
    output: listOf(PublicUser),
    problems: [],
    retry: 'safe',
    timeoutMs: 2_000,
    limits: [{ by: 'account', max: 120, unverifiedMax: 60, windowMs: 60_000 }],
  }),
  getProfile: operation({
    summary: 'The public profile of a username; people who blocked you are not found',
    http: 'GET /users/:username',
    access: access.user('people:read'),
    input: closed({ username: Type.String({ minLength: 1, maxLength: 40 }) }),
    output: Profile,
    problems: [],
    retry: 'safe',
    timeoutMs: 2_000,
    limits: [{ by: 'account', max: 600, windowMs: 60_000 }],
  }),
  listBlocks: operation({
    summary: 'People you have blocked, latest first',
    http: 'GET /users/me/blocks',
    access: access.user('people:read'),
    input: closed({ ...page }),
    output: listOf(Block),
    problems: [],
    retry: 'safe',
    timeoutMs: 2_000,
  }),
  blockUser: operation({
    summary: 'Block a person',
    http: 'PUT /users/me/blocks/:id',
    status: 204,
    access: access.user('people:write'),
    input: closed({ id: Id }),
    output: Nothing,
    problems: ['identity.too-many-blocks', 'identity.own-account'],
    retry: 'safe',
    timeoutMs: 2_000,
    limits: [{ by: 'account', max: 120, windowMs: 60_000 }],
  }),
  unblockUser: operation({
    summary: 'Unblock a person',
    http: 'DELETE /users/me/blocks/:id',
    status: 204,
    access: access.user('people:write'),
    input: closed({ id: Id }),
    output: Nothing,
    problems: [],
    retry: 'safe',
    timeoutMs: 2_000,
  }),
  getBlocks: operation({
    summary: 'Which of these people blocked a person or are blocked by them, for other modules',
    access: access.service,
    input: closed({ userId: Id, otherIds: Type.Array(Id, { maxItems: 500 }) }),
    output: closed({ blockedBy: Type.Array(Id), hasBlocked: Type.Array(Id) }),
    problems: [],
    retry: 'safe',
    timeoutMs: 1_000,
  }),
  reportUser: operation({
    summary: 'Report a person to the moderators; a second open report of yours replaces the first',
    http: 'POST /users/:id/reports',
    status: 201,
    access: access.user('people:write'),
    input: closed({
      id: Id,
      reason: Type.Enum([...reportReasons]),
      note: Type.Optional(Type.String({ maxLength: 1_000, default: '' })),
    }),
    output: closed({ id: Id }),
    problems: ['identity.own-account'],
    retry: 'keyed',
    timeoutMs: 2_000,
    limits: [{ by: 'account', max: 20, unverifiedMax: 5, windowMs: 60 * 60_000 }],
  }),
  listReports: operation({
    summary: 'Reports about people: open ones, the oldest first, or resolved ones',
    http: 'GET /reports',
    access: access.permission(identityPermissions['reports:handle']),
    input: closed({ ...page, state: Type.Optional(Type.Enum(['open', 'resolved'], { default: 'open' })) }),
    output: listOf(Report),
    problems: [],
    retry: 'safe',
    timeoutMs: 2_000,
  }),
  resolveReport: operation({
    summary: 'Close a report with its outcome',
    http: 'POST /reports/:id/resolution',
    status: 204,
    access: access.permission(identityPermissions['reports:handle']),
    input: closed({
      id: Id,
      outcome: Type.Enum(['no-action', 'warned', 'disabled']),
      note: Type.String({ minLength: 1, maxLength: 1_000 }),
    }),
    output: Nothing,
    problems: ['identity.report-resolved'],
    retry: 'never',
    timeoutMs: 2_000,
  }),
}

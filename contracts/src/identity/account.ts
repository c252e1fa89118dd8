/** Operations on the caller's own account and devices. */
import { Type } from 'typebox'
import { access } from '../access.ts'
import { closed, Id, listOf, Nothing, operation, page } from '../define.ts'
import { Device, Me, Preferences } from './shapes.ts'

export const accountOperations = {
  getMe: operation({
    summary: 'Your account',
    http: 'GET /users/me',
    access: access.user('account:read'),
    input: closed({}),
    output: Me,
    problems: [],
    retry: 'safe',
    timeoutMs: 2_000,
    versioned: true,
  }),
  updateMe: operation({
    summary: 'Change your profile or preferences',
    http: 'PATCH /users/me',
    access: access.user('account:write'),
    input: closed({
      displayName: Type.Optional(Type.String({ minLength: 1, maxLength: 80 })),
      bio: Type.Optional(Type.String({ maxLength: 300 })),
      preferences: Type.Optional(Preferences),
    }),
    output: Me,
    problems: [],
    retry: 'safe',
    timeoutMs: 2_000,
    versioned: true,
  }),
  removeAvatar: operation({
    summary: 'Remove your profile picture; PUT the bytes of one to /users/me/avatar to set it',
    http: 'DELETE /users/me/avatar',
    access: access.user('account:write'),
    input: closed({}),
    output: Me,
    problems: [],
    retry: 'safe',
    timeoutMs: 5_000,
  }),
  listDevices: operation({
    summary: 'Your signed-in devices, most recently used first',
    http: 'GET /users/me/devices',
    access: access.user('account:read'),
    input: closed({ ...page }),
    output: listOf(Device),
    problems: [],
    retry: 'safe',
    timeoutMs: 2_000,
  }),
  signOutDevice: operation({
    summary: 'Sign one of your devices out',
    http: 'DELETE /users/me/devices/:id',
    status: 204,
    access: access.user('account:write'),
    input: closed({ id: Id }),
    output: Nothing,
    problems: [],
    retry: 'safe',
    timeoutMs: 5_000,
  }),
  signOutOthers: operation({
    summary: 'Sign out everywhere but here',
    http: 'DELETE /users/me/devices',
    status: 204,
    access: access.user('account:write'),
    input: closed({}),
    output: Nothing,
    problems: [],
    retry: 'safe',
    timeoutMs: 5_000,
  }),
}

/** Presence: published only to people who share a room and are subscribed, and only for accounts that allow it. */
import { Type } from 'typebox'
import { access } from '../access.ts'
import { closed, Id, Nothing, nullable, operation, Time } from '../define.ts'

export const Presence = closed({
  userId: Id,
  status: Type.Enum(['online', 'idle', 'offline']),
  lastSeenAt: nullable(Time),
})

const Settings = closed({
  showPresence: Type.Boolean({ description: 'others may see whether you are there' }),
  showReading: Type.Boolean({ description: 'others may see how far you have read' }),
  showTyping: Type.Boolean({ description: 'others see that you are typing' }),
  doNotDisturbUntil: nullable(Time),
})

export const presenceOperations = {
  listPresence: operation({
    summary: 'The presence of a room’s members; empty for rooms with more than 100',
    http: 'GET /chat/rooms/:roomId/presence',
    access: access.user('chat:read'),
    input: closed({ roomId: Id }),
    output: closed({ data: Type.Array(Presence) }),
    problems: ['chat.not-a-member'],
    retry: 'safe',
    timeoutMs: 2_000,
  }),
  setPresence: operation({
    summary: 'Report that you are idle or back; the server itself knows that you are connected',
    http: 'PUT /chat/presence',
    status: 204,
    access: access.user('chat:write'),
    input: closed({ isIdle: Type.Boolean() }),
    output: Nothing,
    problems: [],
    retry: 'safe',
    timeoutMs: 2_000,
    limits: [{ by: 'account', max: 60, windowMs: 60_000 }],
  }),
  getChatSettings: operation({
    summary: 'Your privacy settings, and do not disturb',
    http: 'GET /chat/settings',
    access: access.user('chat:read'),
    input: closed({}),
    output: Settings,
    problems: [],
    retry: 'safe',
    timeoutMs: 2_000,
  }),
  setChatSettings: operation({
    summary: 'Change your privacy settings',
    http: 'PATCH /chat/settings',
    access: access.user('chat:write'),
    input: closed({
      showPresence: Type.Optional(Type.Boolean()),
      showReading: Type.Optional(Type.Boolean()),
      showTyping: Type.Optional(Type.Boolean()),
      doNotDisturbUntil: Type.Optional(nullable(Time)),
    }),
    output: Settings,
    problems: [],
    retry: 'safe',
    timeoutMs: 2_000,
  }),
}

/**
 * End-to-end encrypted rooms: MLS (RFC 9420) between devices. The server keeps order and ciphertext; it has no keys.
 * Devices join by external commit, so no other device needs to be online.
 */
import { Type } from 'typebox'
import { access } from '../access.ts'
import { closed, Id, nullable, operation } from '../define.ts'
import { Seq } from './shapes.ts'

const Base64 = (maxLength: number) =>
  Type.String({ minLength: 4, maxLength, pattern: '^[A-Za-z0-9+/]+={0,2}$', examples: ['AAAA'] })
/** Grows with the number of devices: about 300 bytes each. */
const GroupInfo = Base64(400_000)
const Epoch = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
const Copy = closed({ seq: Seq, sealed: Base64(16_000) })
const inRoom = ['chat.not-a-member', 'chat.not-encrypted']

export const encryptionOperations = {
  getGroup: operation({
    summary: 'The state a device needs to join the group of an encrypted room; null before the first device creates it',
    http: 'GET /chat/rooms/:roomId/group',
    access: access.user('chat:read'),
    input: closed({ roomId: Id }),
    output: closed({ epoch: Epoch, groupInfo: nullable(Type.String()), headSeq: Seq }),
    problems: inRoom,
    retry: 'safe',
    timeoutMs: 2_000,
  }),
  commitToGroup: operation({
    summary: 'Advance the group by one epoch; of two concurrent commits one succeeds, the other must apply it first',
    http: 'POST /chat/rooms/:roomId/group',
    status: 201,
    access: access.user('chat:write'),
    input: closed({
      roomId: Id,
      epoch: Epoch,
      /** The commit that the other devices apply; absent when the group is created. */
      commit: Type.Optional(Base64(400_000)),
      groupInfo: GroupInfo,
    }),
    output: closed({ epoch: Epoch, seq: Seq }),
    problems: ['chat.epoch-moved', 'chat.commit-refused', ...inRoom],
    retry: 'keyed',
    timeoutMs: 5_000,
    limits: [{ by: 'account', max: 120, windowMs: 60_000 }],
  }),
  putHistory: operation({
    summary: 'Store copies of messages for your next device, sealed with your recovery key',
    http: 'PUT /chat/rooms/:roomId/history',
    access: access.user('chat:write'),
    input: closed({ roomId: Id, copies: Type.Array(Copy, { minItems: 1, maxItems: 100 }) }),
    output: closed({ kept: Type.Integer() }),
    problems: inRoom,
    retry: 'safe',
    timeoutMs: 5_000,
    limits: [{ by: 'account', max: 300, windowMs: 60_000 }],
  }),
  getHistory: operation({
    summary: 'Your sealed copies, newest first',
    http: 'GET /chat/rooms/:roomId/history',
    access: access.user('chat:read'),
    input: closed({
      roomId: Id,
      before: Type.Optional(Seq),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 200 })),
    }),
    output: closed({ data: Type.Array(closed({ seq: Seq, sealed: Type.String() })), hasMore: Type.Boolean() }),
    problems: inRoom,
    retry: 'safe',
    timeoutMs: 5_000,
  }),
  getRecovery: operation({
    summary: 'The fingerprint of your recovery key; null without one',
    http: 'GET /chat/recovery',
    access: access.user('chat:read'),
    input: closed({}),
    output: closed({ check: nullable(Type.String()) }),
    problems: [],
    retry: 'safe',
    timeoutMs: 2_000,
  }),
  setRecovery: operation({
    summary: 'Begin with a new recovery key; copies sealed with the old one are dropped',
    http: 'PUT /chat/recovery',
    access: access.user('chat:write', { fresh: true }),
    input: closed({ check: Base64(200) }),
    output: closed({ check: Type.String() }),
    problems: [],
    retry: 'safe',
    timeoutMs: 5_000,
  }),
}

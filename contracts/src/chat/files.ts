/**
 * Files for messages. The bytes go over plain routes outside `/api/v1`: `POST /chat/rooms/:roomId/files?name=` with the
 * file as body, `PATCH /chat/uploads/:id` for a part of a large one, `GET /chat/files/:id` and `…/thumbnail`.
 */
import { Type } from 'typebox'
import { access } from '../access.ts'
import { closed, Id, Nothing, operation, Time } from '../define.ts'

/** One file at most. */
export const fileBytesMax = 25 * 1024 * 1024
/** Files of one message at most. */
export const messageFilesMax = 10

const FileName = Type.String({ minLength: 1, maxLength: 200 })

const Upload = closed({
  id: Id,
  roomId: Id,
  name: Type.String(),
  sizeBytes: Type.Integer(),
  /** How many bytes have arrived: the next part begins here. */
  offset: Type.Integer(),
  /** One part at most. */
  partBytesMax: Type.Integer(),
  expiresAt: Time,
})

export const fileOperations = {
  createUpload: operation({
    summary: 'Begin a large upload that can resume; its parts follow as PATCH /chat/uploads/:id',
    http: 'POST /chat/rooms/:roomId/uploads',
    status: 201,
    access: access.user('chat:write'),
    input: closed({ roomId: Id, name: FileName, sizeBytes: Type.Integer({ minimum: 1, maximum: 5_368_709_120 }) }),
    output: Upload,
    problems: ['chat.not-a-member', 'chat.muted', 'chat.too-many-files'],
    retry: 'never',
    timeoutMs: 5_000,
    limits: [{ by: 'account', max: 120, windowMs: 60_000 }],
  }),
  getUpload: operation({
    summary: 'The progress of your upload',
    http: 'GET /chat/uploads/:id',
    access: access.user('chat:write'),
    input: closed({ id: Id }),
    output: Upload,
    problems: [],
    retry: 'safe',
    timeoutMs: 2_000,
  }),
  deleteUpload: operation({
    summary: 'Cancel an upload',
    http: 'DELETE /chat/uploads/:id',
    status: 204,
    access: access.user('chat:write'),
    input: closed({ id: Id }),
    output: Nothing,
    problems: [],
    retry: 'safe',
    timeoutMs: 5_000,
  }),
  deleteFile: operation({
    summary: 'Delete a file that no message uses yet',
    http: 'DELETE /chat/files/:id',
    status: 204,
    access: access.user('chat:write'),
    input: closed({ id: Id }),
    output: Nothing,
    problems: [],
    retry: 'safe',
    timeoutMs: 5_000,
  }),
}

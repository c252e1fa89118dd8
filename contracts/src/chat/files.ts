/**
 * Files for messages. The bytes go over plain routes outside `/api/v1`: `POST /chat/rooms/:roomId/files?name=` with the
 * file as body, `PATCH /chat/uploads/:id` for a part of a large one, `GET /chat/files/:id` and `…/thumbnail`.
 */
import { access } from '../access.ts'
import { closed, Id, Nothing, operation } from '../define.ts'
import { uploadInput, uploadOperationsOf, uploadProgress } from '../uploads.ts'

/** One file at most. */
export const fileBytesMax = 25 * 1024 * 1024
/** Files of one message at most. */
export const messageFilesMax = 10

const Upload = closed({ id: Id, roomId: Id, ...uploadProgress })

export const fileOperations = {
  createUpload: operation({
    summary: 'Begin a large upload that can resume; its parts follow as PATCH /chat/uploads/:id',
    http: 'POST /chat/rooms/:roomId/uploads',
    status: 201,
    access: access.user('chat:write'),
    input: closed({ roomId: Id, ...uploadInput }),
    output: Upload,
    problems: ['chat.not-a-member', 'chat.muted', 'chat.too-many-files', 'chat.uploads-off'],
    retry: 'never',
    timeoutMs: 5_000,
    limits: [{ by: 'account', max: 120, windowMs: 60_000 }],
  }),
  ...uploadOperationsOf({ module: 'chat', upload: Upload, write: access.user('chat:write') }),
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

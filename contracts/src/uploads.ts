/**
 * The contract of every module with resumable uploads. The parts go over a plain route outside `/api/v1`:
 * `PATCH /<module>/uploads/:id` with the position in `upload-offset`; `HEAD` answers the position.
 */
import { type TObject, Type } from 'typebox'
import type { Access } from './access.ts'
import { closed, Id, Nothing, operation, Time } from './define.ts'

/** What a client says when it begins an upload. */
export const uploadInput = {
  name: Type.String({ minLength: 1, maxLength: 200 }),
  /** The module's own limit is lower. An object in S3 has at most this size. */
  sizeBytes: Type.Integer({ minimum: 1, maximum: 5_368_709_120 }),
}

/** What is shown of every upload; a module may add to it. */
export const uploadProgress = {
  name: Type.String(),
  sizeBytes: Type.Integer(),
  /** How many bytes have arrived: the next part begins here. */
  offset: Type.Integer(),
  /** One part at most. */
  partBytesMax: Type.Integer(),
  expiresAt: Time,
}

export interface UploadContractOptions<Upload extends TObject> {
  /** Name of the module. Its contract has the problems `too-many-files` and `upload-offset`. */
  readonly module: string
  /** `id`, {@link uploadProgress} and what the module adds. */
  readonly upload: Upload
  readonly write: Access
}

/** The operations on an upload that has begun, below `/<module>/uploads`. How one begins is up to the module. */
export function uploadOperationsOf<Upload extends TObject>({ module, upload, write }: UploadContractOptions<Upload>) {
  const path = `/${module}/uploads` as const
  return {
    getUpload: operation({
      summary: 'The progress of your upload',
      http: `GET ${path}/:id`,
      access: write,
      input: closed({ id: Id }),
      output: upload,
      problems: [],
      retry: 'safe',
      timeoutMs: 2_000,
    }),
    deleteUpload: operation({
      summary: 'Cancel an upload',
      http: `DELETE ${path}/:id`,
      status: 204,
      access: write,
      input: closed({ id: Id }),
      output: Nothing,
      problems: [],
      retry: 'safe',
      timeoutMs: 5_000,
    }),
  }
}

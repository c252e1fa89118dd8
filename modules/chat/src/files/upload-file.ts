import { requireUser } from '@octet/contracts'
import type { FileInfo } from '@octet/contracts/chat'
import { newId } from '@octet/db'
import { fileName } from '@octet/uploads'
import type { ChatContext } from '../context.ts'
import { accessToUpload } from './access.ts'
import { fileBytesMax } from './rules.ts'
import * as fileStore from './store.ts'
import { storeBytes } from './store-bytes.ts'
import { uploads } from './uploads.ts'

export interface Arriving {
  readonly roomId: string
  readonly name: string
  /** The announced size; a larger body is refused in any case. */
  readonly sizeBytes: number | undefined
  readonly body: AsyncIterable<Uint8Array>
}

/**
 * Receives a whole file as a stream. Throws `payload-too-large`, `file-refused`, `file-not-a-picture`,
 * `too-many-files`, `muted`.
 */
export async function uploadFile(ctx: ChatContext, { roomId, name, sizeBytes, body }: Arriving): Promise<FileInfo> {
  const room = await accessToUpload(ctx, roomId)
  const { userId: ownerId } = requireUser(ctx.actor)
  const id = newId()
  const file = { id, roomId, ownerId, name: fileName(name), sizeBytes: sizeBytes ?? fileBytesMax }
  await ctx.db.transaction('chat.uploadFile', async tx => {
    await uploads.reserve(tx, ownerId, file.sizeBytes)
    await fileStore.insertFile(tx, { ...file, at: new Date(ctx.now()).toISOString() })
  })
  return storeBytes(ctx, { ...file, isEncrypted: room.is_encrypted }, body)
}

/** Uploads of large files: platform/uploads with the limits of chat. A whole upload becomes a file of its room. */
import type { Output } from '@octet/contracts'
import type { chat, FileInfo } from '@octet/contracts/chat'
import { createUploads } from '@octet/uploads'
import { type ChatContext, problem } from '../context.ts'
import { accessToUpload } from './access.ts'
import { accountBytesMax, fileBytesMax, partBytesMax, unattachedMs, waitingMax } from './rules.ts'
import * as fileStore from './store.ts'
import { storeBytes } from './store-bytes.ts'
import { fileOf } from './view.ts'

export const uploads = createUploads<ChatContext, string, Output<typeof chat, 'getUpload'>, FileInfo>({
  module: 'chat',
  problem,
  limits: { fileBytesMax, partBytesMax, accountBytesMax, waitingMax, unfinishedMs: unattachedMs },
  targetColumn: 'room_id',
  usageOf: fileStore.usageOf,
  checkAccess: (ctx, { targetId }) => accessToUpload(ctx, targetId),
  async finish(ctx, { id, ownerId, targetId: roomId, name, sizeBytes }, body) {
    const { is_encrypted: isEncrypted } = await accessToUpload(ctx, roomId)
    const known = await fileStore.findFile(ctx.db, id)
    if (known !== undefined) return fileOf(known)
    const at = new Date(ctx.now()).toISOString()
    await ctx.db.transaction('chat.finishUpload', tx =>
      fileStore.insertFile(tx, { id, roomId, ownerId, name, sizeBytes, at }),
    )
    return storeBytes(ctx, { id, ownerId, name, isEncrypted, isInParts: true }, body)
  },
  show: ({ targetId: roomId, ...upload }) => ({ ...upload, roomId }),
})

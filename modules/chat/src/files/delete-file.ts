import { type Input, requireUser } from '@octet/contracts'
import type { chat } from '@octet/contracts/chat'
import type { ChatContext } from '../context.ts'
import { fileKeys, unattachedMs } from './rules.ts'
import * as fileStore from './store.ts'

const filesPerRun = 200

/** Deletes files of deleted messages and rooms at once, and unattached files after a day. */
export async function sweepFiles(ctx: ChatContext): Promise<void> {
  const olderThan = new Date(ctx.now() - unattachedMs).toISOString()
  const ids = await fileStore.filesToSweep(ctx.db, olderThan, filesPerRun)
  await removeBytes(ctx, ids)
  await ctx.db.transaction('chat.sweepFiles', tx => fileStore.forgetFiles(tx, ids))
}

/** Deletes the stored bytes of files. Idempotent. */
export async function removeBytes({ storage }: Pick<ChatContext, 'storage'>, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    for (const key of [fileKeys.incoming(id), fileKeys.thumbnail(id), fileKeys.file(id)]) await storage.delete(key)
  }
}

/** Deletes a file that no message refers to. Succeeds for an unknown file. */
export async function deleteFile(ctx: ChatContext, { id }: Input<typeof chat, 'deleteFile'>): Promise<object> {
  await fileStore.giveUpFile(ctx.db, id, requireUser(ctx.actor).userId)
  return {}
}

import { type Input, requireUser } from '@octet/contracts'
import type { chat } from '@octet/contracts/chat'
import type { ChatContext } from '../context.ts'
import { removeUpload } from './create-upload.ts'
import * as fileStore from './store.ts'

/** Abandons an upload. Idempotent. */
export async function deleteUpload(ctx: ChatContext, { id }: Input<typeof chat, 'deleteUpload'>): Promise<object> {
  const upload = await fileStore.findUpload(ctx.db, id, requireUser(ctx.actor).userId)
  if (upload !== undefined) await removeUpload(ctx, id)
  return {}
}

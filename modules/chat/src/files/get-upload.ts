import type { Input } from '@octet/contracts'
import type { chat } from '@octet/contracts/chat'
import type { ChatContext } from '../context.ts'
import { ownUpload, type Upload, uploadOf } from './create-upload.ts'

/** The current offset of an upload. */
export async function getUpload(ctx: ChatContext, { id }: Input<typeof chat, 'getUpload'>): Promise<Upload> {
  return uploadOf(await ownUpload(ctx, id))
}

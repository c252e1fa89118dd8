import type { Input, Output } from '@octet/contracts'
import type { chat } from '@octet/contracts/chat'
import type { ChatContext } from '../context.ts'
import { accessToUpload } from './access.ts'
import { uploads } from './uploads.ts'

/** Begins an upload to a room. Throws `payload-too-large`, `too-many-files`, `muted`. */
export async function createUpload(
  ctx: ChatContext,
  { roomId, name, sizeBytes }: Input<typeof chat, 'createUpload'>,
): Promise<Output<typeof chat, 'createUpload'>> {
  await accessToUpload(ctx, roomId)
  return uploads.begin(ctx, { targetId: roomId, name, sizeBytes })
}

import type { Input, Output } from '@octet/contracts'
import type { chat } from '@octet/contracts/chat'
import type { ChatContext } from '../context.ts'
import { roomStream } from '../rooms/rules.ts'
import { accessEncrypted } from './commit-to-group.ts'
import * as encryptionStore from './store.ts'

export const limitDefault = 200

/** Keeps the caller's copies of messages, sealed with their recovery key. An existing copy is not replaced. */
export async function putHistory(
  ctx: ChatContext,
  { roomId, copies }: Input<typeof chat, 'putHistory'>,
): Promise<Output<typeof chat, 'putHistory'>> {
  const whose = await accessEncrypted(ctx, roomId)
  const sealed = copies.map(copy => ({ seq: copy.seq, sealed: Buffer.from(copy.sealed, 'base64') }))
  return { kept: await encryptionStore.insertCopies(ctx.db, { ...whose, stream: roomStream(roomId) }, sealed) }
}

import type { Input, Output } from '@octet/contracts'
import type { chat } from '@octet/contracts/chat'
import type { ChatContext } from '../context.ts'
import { accessEncrypted } from './commit-to-group.ts'
import { limitDefault } from './put-history.ts'
import * as encryptionStore from './store.ts'

/** The caller's own sealed copies, newest first. */
export async function getHistory(
  ctx: ChatContext,
  { roomId, before = Number.MAX_SAFE_INTEGER, limit = limitDefault }: Input<typeof chat, 'getHistory'>,
): Promise<Output<typeof chat, 'getHistory'>> {
  const whose = await accessEncrypted(ctx, roomId)
  const found = await encryptionStore.listCopies(ctx.db, whose, { before, limit })
  const data = found.slice(0, limit).map(({ seq, sealed }) => ({ seq, sealed: sealed.toString('base64') }))
  return { data, hasMore: found.length > limit }
}

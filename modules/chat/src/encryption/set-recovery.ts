import { type Input, type Output, requireUser } from '@octet/contracts'
import type { chat } from '@octet/contracts/chat'
import type { ChatContext } from '../context.ts'
import * as encryptionStore from './store.ts'

/** Starts a new recovery key. The server receives its check value, never the key. */
export async function setRecovery(
  ctx: ChatContext,
  { check }: Input<typeof chat, 'setRecovery'>,
): Promise<Output<typeof chat, 'setRecovery'>> {
  const { userId } = requireUser(ctx.actor)
  await ctx.db.transaction('chat.setRecovery', tx =>
    encryptionStore.replaceRecovery(tx, userId, Buffer.from(check, 'base64')),
  )
  return { check }
}

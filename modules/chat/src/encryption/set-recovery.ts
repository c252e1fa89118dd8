import { type chat, type Input, type Output, requireUser } from '@octet/contracts'
import type { ChatContext } from '../context.ts'
import * as encryptionStore from './store.ts'

/** Begins with a new recovery key. The key itself never comes here, only what recognises it. */
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

/** By what the caller's recovery key is recognised. */
export async function getRecovery(ctx: ChatContext): Promise<Output<typeof chat, 'getRecovery'>> {
  const check = await encryptionStore.findRecovery(ctx.db, requireUser(ctx.actor).userId)
  return { check: check?.toString('base64') ?? null }
}

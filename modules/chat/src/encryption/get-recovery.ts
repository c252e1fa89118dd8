import { type Output, requireUser } from '@octet/contracts'
import type { chat } from '@octet/contracts/chat'
import type { ChatContext } from '../context.ts'
import * as encryptionStore from './store.ts'

/** The check value that identifies the caller's recovery key. */
export async function getRecovery(ctx: ChatContext): Promise<Output<typeof chat, 'getRecovery'>> {
  const check = await encryptionStore.findRecovery(ctx.db, requireUser(ctx.actor).userId)
  return { check: check?.toString('base64') ?? null }
}

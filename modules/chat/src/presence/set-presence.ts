import { type Input, requireUser } from '@octet/contracts'
import type { chat } from '@octet/contracts/chat'
import type { ChatContext } from '../context.ts'

/** Marks the caller as idle or active. */
export async function setPresence(ctx: ChatContext, { isIdle }: Input<typeof chat, 'setPresence'>): Promise<object> {
  await ctx.presence.idle(requireUser(ctx.actor).userId, isIdle)
  return {}
}

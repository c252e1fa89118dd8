import { type Input, requireUser } from '@octet/contracts'
import type { chat } from '@octet/contracts/chat'
import type { ChatContext } from '../context.ts'

/** Away from the keyboard, or back. */
export async function setPresence(ctx: ChatContext, { isIdle }: Input<typeof chat, 'setPresence'>): Promise<object> {
  await ctx.presence.idle(requireUser(ctx.actor).userId, isIdle)
  return {}
}

import { type chat, commonProblem, type Input, type Message } from '@octet/contracts'
import { accessAsReader } from './access.ts'
import type { ChatContext } from './context.ts'
import * as messageStore from './message-store.ts'
import { messageOf } from './view-rooms.ts'

/** One message, for members. */
export async function getMessage(
  ctx: ChatContext,
  { roomId, messageId }: Input<typeof chat, 'getMessage'>,
): Promise<Message> {
  await accessAsReader(ctx, roomId)
  const message = await messageStore.findMessage(ctx.db, roomId, messageId)
  if (message === undefined) throw commonProblem('not-found')
  return messageOf(message)
}

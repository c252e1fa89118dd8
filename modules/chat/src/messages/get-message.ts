import { commonProblem, type Input } from '@octet/contracts'
import type { chat, Message } from '@octet/contracts/chat'
import type { ChatContext } from '../context.ts'
import { accessAsReader } from '../rooms/access.ts'
import * as messageStore from './store.ts'
import { messageOf } from './view.ts'

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

import type { Input, Output } from '@octet/contracts'
import type { chat } from '@octet/contracts/chat'
import type { ChatContext } from '../context.ts'
import { accessAsReader } from '../rooms/access.ts'
import { authorsOf } from './list-messages.ts'
import { pinsMax } from './rules.ts'
import * as messageStore from './store.ts'
import { messageOf } from './view.ts'

/** The pinned messages of a room, latest first. */
export async function listPins(
  ctx: ChatContext,
  { roomId }: Input<typeof chat, 'listPins'>,
): Promise<Output<typeof chat, 'listPins'>> {
  await accessAsReader(ctx, roomId)
  const data = (await messageStore.listPins(ctx.db, roomId, pinsMax)).map(messageOf)
  return { data, people: await authorsOf(ctx, data) }
}

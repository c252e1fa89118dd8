import type { chat, Input, Output } from '@octet/contracts'
import type { ChatContext } from '../context.ts'
import { accessAsReader } from '../rooms/access.ts'
import { pinsMax } from '../rooms/rules.ts'
import { messageOf } from '../rooms/view-rooms.ts'
import { authorsOf } from './list-messages.ts'
import * as messageStore from './store.ts'

/** What is pinned in a room, the latest first. */
export async function listPins(
  ctx: ChatContext,
  { roomId }: Input<typeof chat, 'listPins'>,
): Promise<Output<typeof chat, 'listPins'>> {
  await accessAsReader(ctx, roomId)
  const data = (await messageStore.listPins(ctx.db, roomId, pinsMax)).map(messageOf)
  return { data, people: await authorsOf(ctx, data) }
}

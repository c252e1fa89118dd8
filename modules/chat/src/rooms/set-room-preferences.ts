import { type Input, requireUser } from '@octet/contracts'
import type { chat, Room } from '@octet/contracts/chat'
import type { ChatContext } from '../context.ts'
import { accessAsReader, accessRoom } from './access.ts'
import * as memberStore from './member-store.ts'
import { viewRoom } from './view-rooms.ts'

/** Sets what the room may notify the caller about. */
export async function setRoomPreferences(
  ctx: ChatContext,
  { id, notify }: Input<typeof chat, 'setRoomPreferences'>,
): Promise<Room> {
  await accessAsReader(ctx, id)
  await memberStore.setNotify(ctx.db, id, requireUser(ctx.actor).userId, notify)
  return viewRoom(ctx, await accessRoom(ctx, id))
}

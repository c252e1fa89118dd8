import type { Input } from '@octet/contracts'
import type { chat, Room } from '@octet/contracts/chat'
import type { ChatContext } from '../context.ts'
import { accessRoom } from './access.ts'
import { viewRoom } from './view-rooms.ts'

/** A room as the caller sees it. */
export async function getRoom(ctx: ChatContext, { id }: Input<typeof chat, 'getRoom'>): Promise<Room> {
  return viewRoom(ctx, await accessRoom(ctx, id))
}

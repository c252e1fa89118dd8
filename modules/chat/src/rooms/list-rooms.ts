import { type Input, type Output, requireUser } from '@octet/contracts'
import type { chat } from '@octet/contracts/chat'
import { pageOf, readPage, totalOf } from '@octet/kernel'
import type { ChatContext } from '../context.ts'
import * as roomStore from './store.ts'
import { viewRooms } from './view-rooms.ts'

/** The caller's rooms with their unread counts. */
export async function listRooms(
  ctx: ChatContext,
  input: Input<typeof chat, 'listRooms'>,
): Promise<Output<typeof chat, 'listRooms'>> {
  const page = readPage(input)
  const { userId } = requireUser(ctx.actor)
  const found = await roomStore.listRooms(ctx.db, userId, page)
  const total = await totalOf(input, rowsMax => roomStore.countRooms(ctx.db, userId, rowsMax))
  const { data, meta } = pageOf(found, {
    limit: page.limit,
    total,
    positionOf: room => ({ at: room.active_at, id: room.id }),
    view: room => room,
  })
  return { data: await viewRooms(ctx, data), meta }
}

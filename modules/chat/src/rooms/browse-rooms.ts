import { type Input, type Output, requireUser } from '@octet/contracts'
import type { chat } from '@octet/contracts/chat'
import { pageOf, readPage, totalOf } from '@octet/kernel'
import type { ChatContext } from '../context.ts'
import * as roomStore from './store.ts'
import { viewRooms } from './view-rooms.ts'

/** Public rooms, joined or not. */
export async function browseRooms(
  ctx: ChatContext,
  input: Input<typeof chat, 'browseRooms'>,
): Promise<Output<typeof chat, 'browseRooms'>> {
  const { limit, after } = readPage(input, 'number')
  const found = await roomStore.browseRooms(ctx.db, requireUser(ctx.actor).userId, {
    limit,
    after: after && { memberCount: Number(after.at), id: after.id },
    q: input.q,
  })
  const total = await totalOf(input, rowsMax => roomStore.countPublicRooms(ctx.db, input.q, rowsMax))
  const { data, meta } = pageOf(found, {
    limit,
    total,
    positionOf: room => ({ at: String(room.member_count), id: room.id }),
    view: room => room,
  })
  return { data: await viewRooms(ctx, data), meta }
}

import { type Input, type Output, requireUser } from '@octet/contracts'
import type { chat } from '@octet/contracts/chat'
import { pageOf, readPage, totalOf } from '@octet/kernel'
import type { ChatContext } from '../context.ts'
import { accessAsReader } from '../rooms/access.ts'
import { findPeople } from '../rooms/find-people.ts'
import * as messageStore from './store.ts'
import { messageOf } from './view.ts'

/** Full-text search in the caller's rooms. Encrypted rooms are left out: the server cannot read them. */
export async function searchMessages(
  ctx: ChatContext,
  input: Input<typeof chat, 'searchMessages'>,
): Promise<Output<typeof chat, 'searchMessages'>> {
  if (input.roomId !== undefined) await accessAsReader(ctx, input.roomId)
  const { limit, after } = readPage(input)
  const search = {
    userId: requireUser(ctx.actor).userId,
    q: input.q,
    roomId: input.roomId,
    authorId: input.authorId,
    fromTime: input.after,
    toTime: input.before,
  }
  const found = await ctx.db.transaction('chat.searchMessages', tx => {
    return messageStore.searchMessages(tx, { ...search, limit, after })
  })
  const total = await totalOf(input, rowsMax => {
    return ctx.db.transaction('chat.countMessages', tx => messageStore.countFoundMessages(tx, search, rowsMax))
  })
  const people = await findPeople(
    ctx,
    found.map(({ author_id }) => author_id),
  )
  return pageOf(found, {
    limit,
    total,
    positionOf: row => ({ at: row.created_at, id: row.id }),
    view: row => ({ message: messageOf(row), roomName: row.room_name, author: people.get(row.author_id) ?? null }),
  })
}

import type { Input, Output } from '@octet/contracts'
import type { chat } from '@octet/contracts/chat'
import { pageOf, readPage, totalOf } from '@octet/kernel'
import type { ChatContext } from '../context.ts'
import { accessAsGovernor } from '../rooms/access.ts'
import { findPeople, personOrPlaceholder } from '../rooms/find-people.ts'
import * as banStore from './ban-store.ts'

/** The bans of a room, for its moderators and owners. */
export async function listBans(
  ctx: ChatContext,
  input: Input<typeof chat, 'listBans'>,
): Promise<Output<typeof chat, 'listBans'>> {
  await accessAsGovernor(ctx, input.id)
  const page = readPage(input)
  const found = await banStore.listBans(ctx.db, input.id, page)
  const people = await findPeople(
    ctx,
    found.map(({ user_id }) => user_id),
  )
  const total = await totalOf(input, rowsMax => banStore.countBans(ctx.db, input.id, rowsMax))
  return pageOf(found, {
    limit: page.limit,
    total,
    positionOf: row => ({ at: row.banned_at, id: row.user_id }),
    view: row => ({
      person: personOrPlaceholder(people, row.user_id),
      reason: row.reason,
      bannedBy: row.banned_by,
      bannedAt: row.banned_at,
    }),
  })
}

import type { Input, Output } from '@octet/contracts'
import type { chat, Member } from '@octet/contracts/chat'
import { pageOf, readPage, totalOf } from '@octet/kernel'
import type { ChatContext } from '../context.ts'
import { accessAsReader } from '../rooms/access.ts'
import { findPeople, type Person, personOrPlaceholder } from '../rooms/find-people.ts'
import * as memberStore from '../rooms/member-store.ts'

/** The members of a room, for its members. */
export async function listMembers(
  ctx: ChatContext,
  input: Input<typeof chat, 'listMembers'>,
): Promise<Output<typeof chat, 'listMembers'>> {
  await accessAsReader(ctx, input.id)
  const page = readPage(input)
  const found = await memberStore.listMembers(ctx.db, input.id, page)
  const people = await findPeople(
    ctx,
    found.map(({ user_id }) => user_id),
  )
  const total = await totalOf(input, rowsMax => memberStore.countMembers(ctx.db, input.id, rowsMax))
  return pageOf(found, {
    limit: page.limit,
    total,
    positionOf: row => ({ at: row.joined_at, id: row.user_id }),
    view: row => memberOf(row, personOrPlaceholder(people, row.user_id)),
  })
}

/** A member with their profile. */
export function memberOf(row: memberStore.MemberRow, person: Person): Member {
  return { ...person, role: row.role, joinedAt: row.joined_at, mutedUntil: row.muted_until }
}

import type { chat, Input, Output } from '@octet/contracts'
import { pageOf, readPage } from '@octet/kernel'
import type { ChatContext } from '../context.ts'
import { accessAsGovernor } from '../rooms/access.ts'
import * as memberStore from '../rooms/member-store.ts'
import { peopleOf, personOrNobody } from '../rooms/view-rooms.ts'

/** To whom a room is closed, for those who govern it. */
export async function listBans(
  ctx: ChatContext,
  input: Input<typeof chat, 'listBans'>,
): Promise<Output<typeof chat, 'listBans'>> {
  await accessAsGovernor(ctx, input.id)
  const page = readPage(input)
  const found = await memberStore.listBans(ctx.db, input.id, page)
  const people = await peopleOf(
    ctx,
    found.map(({ user_id }) => user_id),
  )
  return pageOf(found, {
    limit: page.limit,
    positionOf: row => ({ at: row.banned_at, id: row.user_id }),
    view: row => ({
      person: personOrNobody(people, row.user_id),
      reason: row.reason,
      bannedBy: row.banned_by,
      bannedAt: row.banned_at,
    }),
  })
}

/** What moderators did in the room, newest first. */
export async function listModeration(
  ctx: ChatContext,
  input: Input<typeof chat, 'listModeration'>,
): Promise<Output<typeof chat, 'listModeration'>> {
  await accessAsGovernor(ctx, input.id)
  const page = readPage(input)
  return pageOf(await memberStore.listModeration(ctx.db, input.id, page), {
    limit: page.limit,
    positionOf: row => ({ at: row.at, id: row.id }),
    view: row => ({
      id: row.id,
      action: row.action,
      actorId: row.actor_id,
      subjectId: row.subject_id,
      messageId: row.message_id,
      detail: row.detail,
      at: row.at,
    }),
  })
}

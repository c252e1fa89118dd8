import type { Input, Output } from '@octet/contracts'
import type { chat } from '@octet/contracts/chat'
import { pageOf, readPage, totalOf } from '@octet/kernel'
import type { ChatContext } from '../context.ts'
import { accessAsGovernor } from '../rooms/access.ts'
import * as moderationStore from '../rooms/moderation-store.ts'

/** The moderation log of a room, newest first. */
export async function listModeration(
  ctx: ChatContext,
  input: Input<typeof chat, 'listModeration'>,
): Promise<Output<typeof chat, 'listModeration'>> {
  await accessAsGovernor(ctx, input.id)
  const page = readPage(input)
  const total = await totalOf(input, rowsMax => moderationStore.countModeration(ctx.db, input.id, rowsMax))
  return pageOf(await moderationStore.listModeration(ctx.db, input.id, page), {
    limit: page.limit,
    total,
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

import type { Input, Output } from '@octet/contracts'
import type { chat } from '@octet/contracts/chat'
import type { ChatContext } from '../context.ts'
import { accessAsReader } from '../rooms/access.ts'
import { presenceMembersMax } from './board.ts'
import * as presenceStore from './store.ts'

/** Members who are present, as far as they share it. Empty for large rooms. */
export async function listPresence(
  ctx: ChatContext,
  { roomId }: Input<typeof chat, 'listPresence'>,
): Promise<Output<typeof chat, 'listPresence'>> {
  const room = await accessAsReader(ctx, roomId)
  if (room.member_count > presenceMembersMax) return { data: [] }
  const rows = await presenceStore.presenceIn(ctx.db, roomId, presenceMembersMax)
  return { data: rows.map(({ user_id: userId, status, last_seen_at: lastSeenAt }) => ({ userId, status, lastSeenAt })) }
}

/** Publishes the departure of people whose processes are gone. */
export async function endDeadLeases(ctx: ChatContext): Promise<void> {
  for (const userId of await presenceStore.endDeadLeases(ctx.db)) await ctx.presence.publish(userId)
}

import { type Input, type Output, requireUser } from '@octet/contracts'
import type { chat } from '@octet/contracts/chat'
import type { ChatContext } from '../context.ts'
import { accessAsReader } from '../rooms/access.ts'
import * as memberStore from '../rooms/member-store.ts'
import { cursorOf } from './view.ts'

const cursorsShown = 100

/** How far members have received and read, as far as they share it. */
export async function listCursors(
  ctx: ChatContext,
  { roomId }: Input<typeof chat, 'listCursors'>,
): Promise<Output<typeof chat, 'listCursors'>> {
  await accessAsReader(ctx, roomId)
  const { userId: viewerId } = requireUser(ctx.actor)
  return { data: (await memberStore.readCursors(ctx.db, { roomId, viewerId, limit: cursorsShown })).map(cursorOf) }
}

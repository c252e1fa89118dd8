import type { chat } from '@octet/contracts/chat'
import type { identity } from '@octet/contracts/identity'
import type { EventData, Tx } from '@octet/db'
import type { ChatContext } from '../context.ts'
import { addMembership } from '../rooms/memberships.ts'
import { membersMax } from '../rooms/rules.ts'
import * as roomStore from '../rooms/store.ts'
import * as exampleStore from './store.ts'

/** Messages left unread in each room, so that a new member finds something. */
const unreadMessages = 2

/** On `identity.user-registered`: adds the new account to the example rooms while they exist. */
export async function welcomeNewcomer(
  ctx: ChatContext,
  tx: Tx<typeof chat>,
  { userId }: EventData<typeof identity, 'user-registered'>,
): Promise<void> {
  const at = new Date(ctx.now()).toISOString()
  for (const roomId of await exampleStore.exampleRooms(tx)) {
    const room = await roomStore.lockRoom(tx, roomId)
    if (room === undefined || room.visibility !== 'public' || room.member_count >= membersMax) continue
    if (await addMembership(tx, { roomId, userId, role: 'member', at })) {
      await exampleStore.leaveUnread(tx, roomId, userId, unreadMessages)
    }
  }
}

import type { chat } from '@octet/contracts/chat'
import type { Tx } from '@octet/db'
import { problem } from '../context.ts'
import * as memberStore from '../rooms/member-store.ts'
import { addMembership } from '../rooms/memberships.ts'
import { membersMax } from '../rooms/rules.ts'
import * as roomStore from '../rooms/store.ts'
import * as banStore from './ban-store.ts'

/** Adds the member, or returns false when they are one already. Throws `banned`, `room-full`. */
export async function letIn(
  tx: Tx<typeof chat>,
  { roomId, userId, at }: { roomId: string; userId: string; at: string },
): Promise<boolean> {
  const room = await roomStore.lockRoom(tx, roomId)
  if (room === undefined) throw problem('invitation-invalid')
  if (await banStore.isBanned(tx, roomId, userId)) throw problem('banned')
  const isIn = (await memberStore.findMember(tx, roomId, userId)) !== undefined
  if (!isIn && room.member_count >= membersMax) throw problem('room-full')
  return !isIn && (await addMembership(tx, { roomId, userId, role: 'member', at }))
}

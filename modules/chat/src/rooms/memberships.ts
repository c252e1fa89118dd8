/** How membership starts and ends: the row, the room's log and the person's inbox change in one transaction. */
import type { chat, MemberRole } from '@octet/contracts/chat'
import type { Tx } from '@octet/db'
import type { ChatContext } from '../context.ts'
import * as memberStore from './member-store.ts'
import { roomStream } from './rules.ts'
import { headOf } from './store.ts'

/** Adds a member to a locked or new room. False for members. Appends to the room, then to the person's inbox. */
export async function addMembership(
  tx: Tx<typeof chat>,
  { roomId, userId, role, at }: { roomId: string; userId: string; role: MemberRole; at: string },
): Promise<boolean> {
  const fromSeq = await headOf(tx, roomStream(roomId))
  if (!(await memberStore.insertMember(tx, { roomId, userId, role, at, fromSeq }))) return false
  await tx.append('room', roomId, { type: 'member-joined', body: { userId, role }, from: userId })
  await tx.append('inbox', userId, { type: 'room-added', body: { roomId } })
  return true
}

/** Removes a member of a locked room. False for non-members. Ends their subscriptions. */
export async function removeMembership(
  tx: Tx<typeof chat>,
  {
    roomId,
    userId,
    by,
    reason,
  }: { roomId: string; userId: string; by: string; reason: 'left' | 'removed' | 'banned' | 'erased' },
): Promise<boolean> {
  if (!(await memberStore.deleteMember(tx, roomId, userId))) return false
  await tx.append('room', roomId, { type: 'member-left', body: { userId, reason }, from: by })
  await tx.append('inbox', userId, { type: 'room-removed', body: { roomId } })
  return true
}

/**
 * Call after the commit of {@link removeMembership}. The log event ends durable subscriptions in every process;
 * ephemeral streams must be authorised again. Without a user: those of all members.
 */
export function recheckEphemeral({ realtime }: ChatContext, roomId: string, userId?: string): void {
  realtime.recheck('receipts', roomId, userId)
  realtime.recheck('presence', roomId, userId)
}

/** How somebody gets into a room and out of it: the row, the room's log and the person's inbox, in one transaction. */
import type { chat, MemberRole } from '@octet/contracts'
import type { Tx } from '@octet/db'
import type { ChatContext } from '../context.ts'
import { headOf } from '../messages/store.ts'
import * as memberStore from './member-store.ts'
import { roomStream } from './rules.ts'

/** The room must be locked, or new. False when they are in already. Appends to the room, then to their inbox. */
export async function enter(
  tx: Tx<typeof chat>,
  { roomId, userId, role, at }: { roomId: string; userId: string; role: MemberRole; at: string },
): Promise<boolean> {
  const fromSeq = await headOf(tx, roomStream(roomId))
  if (!(await memberStore.insertMember(tx, { roomId, userId, role, at, fromSeq }))) return false
  await tx.append('room', roomId, { type: 'member-joined', body: { userId, role }, from: userId })
  await tx.append('inbox', userId, { type: 'room-added', body: { roomId } })
  return true
}

/** The room must be locked. False when they were not in. Ends their subscriptions. */
export async function exit(
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
 * After the commit of {@link exit}: the room's log ends their hearing it, in every process; what is not in the log must
 * be asked. Without a user: everybody's.
 */
export function hush({ realtime }: ChatContext, roomId: string, userId?: string): void {
  realtime.recheck('receipts', roomId, userId)
  realtime.recheck('presence', roomId, userId)
}

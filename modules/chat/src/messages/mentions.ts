/** The people a message mentions, and how they are notified. */
import type { chat } from '@octet/contracts/chat'
import type { Tx } from '@octet/db'
import type { InRoom } from '../rooms/access.ts'
import * as memberStore from '../rooms/member-store.ts'
import { mentionedIn } from './rules.ts'

/**
 * Members whom the text mentions and who have not blocked the author. Empty in encrypted rooms, which the server cannot
 * read.
 */
export async function mentionsOf(
  tx: Tx<typeof chat>,
  { room, userId }: Pick<InRoom, 'room' | 'userId'>,
  body: string,
  blockers: ReadonlySet<string>,
): Promise<string[]> {
  const named = room.is_encrypted ? [] : mentionedIn(body).filter(id => id !== userId && !blockers.has(id))
  return memberStore.membersAmong(tx, room.id, named)
}

/** Appends to the inboxes of the mentioned people, in order of id. */
export async function notifyMentioned(
  tx: Tx<typeof chat>,
  mentioned: readonly string[],
  { roomId, messageId, userId }: { roomId: string; messageId: string; userId: string },
): Promise<void> {
  for (const id of [...mentioned].sort()) {
    await tx.append('inbox', id, { type: 'mention', body: { roomId, messageId }, from: userId })
  }
}

/** Whom a message names, and how they learn of it. */
import type { chat } from '@octet/contracts/chat'
import type { Tx } from '@octet/db'
import type { InRoom } from '../rooms/access.ts'
import * as memberStore from '../rooms/member-store.ts'
import { mentionedIn } from './rules.ts'

/** Other members whom the words name and who have not blocked their author; in encrypted rooms nobody can tell. */
export async function mentionsOf(
  tx: Tx<typeof chat>,
  { room, userId }: Pick<InRoom, 'room' | 'userId'>,
  body: string,
  deaf: ReadonlySet<string>,
): Promise<string[]> {
  const named = room.is_encrypted ? [] : mentionedIn(body).filter(id => id !== userId && !deaf.has(id))
  return memberStore.membersAmong(tx, room.id, named)
}

/** Appends to their inboxes, in order of name. */
export async function tellMentioned(
  tx: Tx<typeof chat>,
  mentioned: readonly string[],
  { roomId, messageId, userId }: { roomId: string; messageId: string; userId: string },
): Promise<void> {
  for (const id of [...mentioned].sort()) {
    await tx.append('inbox', id, { type: 'mention', body: { roomId, messageId }, from: userId })
  }
}

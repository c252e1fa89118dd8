/** The public shape of messages and cursors. */
import type { Cursor, Message } from '@octet/contracts/chat'
import type { CursorRow } from '../rooms/member-store.ts'
import type { MessageRow } from './store.ts'

/** A message as the API returns it. */
export function messageOf(row: MessageRow): Message {
  return {
    id: row.id,
    roomId: row.room_id,
    seq: row.seq,
    authorId: row.author_id,
    cmid: row.cmid,
    body: row.body,
    createdAt: row.created_at,
    editedAt: row.edited_at,
    deletedAt: row.deleted_at,
    replyToId: row.reply_to_id,
    threadId: row.thread_id,
    replyCount: row.reply_count,
    lastReplyAt: row.last_reply_at,
    mentions: [...row.mentions],
    reactions: row.reactions.map(({ emoji, count, userIds }) => ({ emoji, count, userIds: [...userIds] })),
    isPinned: row.pinned_at !== null,
    files: row.files.map(file => ({ ...file })),
    preview: row.preview,
  }
}

/** A member's cursors as the API returns them. */
export function cursorOf({ user_id, delivered_seq, read_seq }: CursorRow): Cursor {
  return { userId: user_id, deliveredSeq: delivered_seq, readSeq: read_seq }
}

/** Sent → delivered → read: two cursors per member that only move forward. */
import { type Input, requireUser } from '@octet/contracts'
import type { Cursor, chat } from '@octet/contracts/chat'
import { type ChatContext, problem } from '../context.ts'
import { accessAsReader } from '../rooms/access.ts'
import * as memberStore from '../rooms/member-store.ts'
import { roomStream } from '../rooms/rules.ts'
import { cursorOf } from './view.ts'

/** A read message has also been delivered. */
export function markRead(ctx: ChatContext, { roomId, seq }: Input<typeof chat, 'markRead'>): Promise<Cursor> {
  return moveCursors(ctx, roomId, { delivered: seq, read: seq })
}

/** Moves the caller's cursors forward and publishes the change. Throws `not-a-member`, `not-found`. */
export async function moveCursors(
  ctx: ChatContext,
  roomId: string,
  to: { delivered: number; read: number },
): Promise<Cursor> {
  const { userId } = requireUser(ctx.actor)
  const moved = await memberStore.moveCursors(ctx.db, { roomId, userId, stream: roomStream(roomId) }, to)
  if (moved === undefined) {
    await accessAsReader(ctx, roomId)
    throw problem('not-a-member')
  }
  const cursor = cursorOf(moved)
  if (moved.has_read) ctx.realtime.emit('reads', userId, { type: 'read', body: { roomId, readSeq: cursor.readSeq } })
  if (moved.is_told) {
    const shown = moved.is_shown ? cursor : { ...cursor, readSeq: 0 }
    ctx.realtime.emit('receipts', roomId, { type: 'cursor', body: shown })
  }
  return cursor
}

import type { Input } from '@octet/contracts'
import type { Cursor, chat } from '@octet/contracts/chat'
import type { ChatContext } from '../context.ts'
import { moveCursors } from './mark-read.ts'

/** Records that one of the caller's devices has received messages up to here. */
export function markDelivered(ctx: ChatContext, { roomId, seq }: Input<typeof chat, 'markDelivered'>): Promise<Cursor> {
  return moveCursors(ctx, roomId, { delivered: seq, read: 0 })
}

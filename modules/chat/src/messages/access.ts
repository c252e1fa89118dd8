/** The only way to obtain a message in order to change it. */
import { commonProblem } from '@octet/contracts'
import type { Tx } from '@octet/db'
import { problem } from '../context.ts'
import * as messageStore from './store.ts'

/** A message of a room that has not been deleted. Throws `not-found`, `message-gone`. */
export async function liveMessage(tx: Tx, roomId: string, messageId: string): Promise<messageStore.MessageRow> {
  const message = await messageStore.findMessage(tx, roomId, messageId)
  if (message === undefined) throw commonProblem('not-found')
  if (message.deleted_at !== null) throw problem('message-gone')
  return message
}

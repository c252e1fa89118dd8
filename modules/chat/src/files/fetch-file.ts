import { commonProblem, requireUser } from '@octet/contracts'
import type { ChatContext } from '../context.ts'
import { accessRoom } from '../rooms/access.ts'
import * as fileStore from './store.ts'

/** A file for members of its room; before it is sent, for its owner. Throws `not-found` for all others. */
export async function fetchFile(ctx: ChatContext, id: string): Promise<fileStore.FileRow> {
  const file = await fileStore.findFile(ctx.db, id)
  if (file === undefined || file.room_id === null) throw commonProblem('not-found')
  const room = await accessRoom(ctx, file.room_id)
  const isOwn = file.owner_id === requireUser(ctx.actor).userId
  if (room.role === null || (file.message_id === null && !isOwn)) throw commonProblem('not-found')
  return file
}

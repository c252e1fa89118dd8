import { requireUser } from '@octet/contracts'
import { type ChatContext, problem } from '../context.ts'
import { fileUploads } from '../flags.ts'
import { accessAsReader } from '../rooms/access.ts'
import type { PlacedRoom } from '../rooms/store.ts'

/** Admits members who may write. Throws `not-a-member`, `muted`, `uploads-off`. */
export async function accessToUpload(ctx: ChatContext, roomId: string): Promise<PlacedRoom> {
  const room = await accessAsReader(ctx, roomId)
  if (!ctx.flags.isOn(fileUploads, requireUser(ctx.actor).userId)) throw problem('uploads-off')
  const until = room.muted_until
  if (until !== null && Date.parse(until) > ctx.now())
    throw problem('muted', { detail: `You are muted until ${until}.` })
  return room
}

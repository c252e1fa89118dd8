import type { ChatContext } from '../context.ts'
import { problem } from '../context.ts'
import { accessAsReader } from '../rooms/access.ts'
import type { PlacedRoom } from '../rooms/store.ts'

/** Admits members who may write. Throws `not-a-member`, `muted`. */
export async function accessToUpload(ctx: ChatContext, roomId: string): Promise<PlacedRoom> {
  const room = await accessAsReader(ctx, roomId)
  const until = room.muted_until
  if (until !== null && Date.parse(until) > ctx.now())
    throw problem('muted', { detail: `You are muted until ${until}.` })
  return room
}

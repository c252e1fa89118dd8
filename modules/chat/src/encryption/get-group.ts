import type { Input, Output } from '@octet/contracts'
import type { chat } from '@octet/contracts/chat'
import type { ChatContext } from '../context.ts'
import { roomStream } from '../rooms/rules.ts'
import { headOf } from '../rooms/store.ts'
import { accessEncrypted } from './commit-to-group.ts'
import * as encryptionStore from './store.ts'

/** The group information that a device needs to join. */
export async function getGroup(
  ctx: ChatContext,
  { roomId }: Input<typeof chat, 'getGroup'>,
): Promise<Output<typeof chat, 'getGroup'>> {
  await accessEncrypted(ctx, roomId)
  const headSeq = await headOf(ctx.db, roomStream(roomId))
  const group = await encryptionStore.findGroup(ctx.db, roomId)
  return { epoch: group?.epoch ?? 0, groupInfo: group?.group_info?.toString('base64') ?? null, headSeq }
}

import { requireUser } from '@octet/contracts'
import type { Reach } from '@octet/kernel'
import type { ChatContext } from '../context.ts'
import * as memberStore from '../rooms/member-store.ts'
import * as presenceStore from './store.ts'

/**
 * Members who may see that the caller is typing. None when the caller hides typing. In a direct conversation, none with
 * a block in either direction.
 */
export async function typingReach(ctx: ChatContext, roomId: string): Promise<Reach> {
  const { userId } = requireUser(ctx.actor)
  const [{ show_typing: isShown }, isDirect] = await Promise.all([
    presenceStore.settingsOf(ctx.db, userId),
    ctx.directs.get(roomId),
  ])
  if (!isShown) return 'nobody'
  const otherIds = isDirect ? await memberStore.directPartners(ctx.db, roomId, userId) : []
  if (otherIds.length === 0) return { except: [] }
  const { blockedBy, hasBlocked } = await ctx.calls.identity.getBlocks({ userId, otherIds })
  return { except: [...blockedBy, ...hasBlocked] }
}

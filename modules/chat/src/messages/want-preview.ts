import { requireUser } from '@octet/contracts'
import type { chat } from '@octet/contracts/chat'
import type { Tx } from '@octet/db'
import type { ChatContext } from '../context.ts'
import { firstLink } from './rules.ts'

/** Of one account: else messages would make this server call somebody else's ten times a second. */
const previewRate = { max: 30, windowMs: 60_000 } as const

/**
 * Asks for a preview of the first address in a message, once the message is committed; never for encrypted rooms, and
 * not for those who send more addresses than anybody looks at.
 */
export async function wantPreview(
  ctx: ChatContext,
  tx: Tx<typeof chat>,
  { roomId, messageId, body }: { roomId: string; messageId: string; body: string },
): Promise<void> {
  const url = firstLink(body)
  if (url === undefined) return
  const key = `chat.preview ${requireUser(ctx.actor).userId}`
  const { allowed } = await ctx.limiter.takeShared({ key, ...previewRate })
  if (allowed) await ctx.jobs.enqueue(tx, 'chat.fetch-preview', { roomId, messageId, url }, { key: messageId })
}

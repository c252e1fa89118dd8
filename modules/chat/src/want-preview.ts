import type { chat } from '@octet/contracts'
import type { Tx } from '@octet/db'
import type { ChatContext } from './context.ts'
import { firstLink } from './page-facts.ts'

/** Asks for a preview of the first address in a message, once the message is committed; never for encrypted rooms. */
export async function wantPreview(
  ctx: ChatContext,
  tx: Tx<typeof chat>,
  { roomId, messageId, body }: { roomId: string; messageId: string; body: string },
): Promise<void> {
  const url = firstLink(body)
  if (url !== undefined)
    await ctx.jobs.enqueue(tx, 'chat.fetch-preview', { roomId, messageId, url }, { key: messageId })
}

import { Id, requireUser } from '@octet/contracts'
import type { chat } from '@octet/contracts/chat'
import type { Tx } from '@octet/db'
import { job } from '@octet/jobs'
import { Type } from 'typebox'
import type { ChatContext } from '../context.ts'
import { linkPreviews } from '../flags.ts'
import { firstLink } from './rules.ts'

export const fetchPreviewJob = job('chat.fetch-preview', Type.Object({ roomId: Id, messageId: Id, url: Type.String() }))

/**
 * Requests one account may cause: without a limit, messages would make this server call a stranger's host ten times a
 * second.
 */
const previewRate = { max: 30, windowMs: 60_000 } as const

/**
 * Requests a preview of the first address in a message, once the message is committed. Never in encrypted rooms, and
 * not for accounts over their limit.
 */
export async function requestPreview(
  ctx: ChatContext,
  tx: Tx<typeof chat>,
  { roomId, messageId, body }: { roomId: string; messageId: string; body: string },
): Promise<void> {
  const url = firstLink(body)
  if (url === undefined) return
  const { userId } = requireUser(ctx.actor)
  if (!ctx.flags.isOn(linkPreviews, userId)) return
  const key = `chat.preview ${userId}`
  const { allowed } = await ctx.limiter.takeShared({ key, ...previewRate })
  if (allowed) await ctx.jobs.enqueue(tx, fetchPreviewJob, { roomId, messageId, url }, { key: messageId })
}

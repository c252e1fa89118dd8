import { type Input, type Output, requireUser } from '@octet/contracts'
import type { links } from '@octet/contracts/links'
import type { LinksContext } from '../context.ts'
import { webhookOf } from './rules.ts'
import * as webhookStore from './store.ts'

/** The caller's webhooks, oldest first. */
export async function listWebhooks(
  ctx: LinksContext,
  _input: Input<typeof links, 'listWebhooks'>,
): Promise<Output<typeof links, 'listWebhooks'>> {
  const rows = await webhookStore.listWebhooks(ctx.db, requireUser(ctx.actor).userId)
  return { data: rows.map(row => webhookOf(row, ctx.now())) }
}

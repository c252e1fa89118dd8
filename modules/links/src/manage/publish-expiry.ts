import type { links } from '@octet/contracts/links'
import type { EventData, Tx } from '@octet/db'
import type { LinksContext } from '../context.ts'
import { webhooks } from '../webhooks/webhooks.ts'
import { linkOf } from './rules.ts'
import * as store from './store.ts'

/** On `links.link-expired`: queues the webhook message, unless the link was deleted meanwhile. */
export async function publishExpiry(
  ctx: LinksContext,
  tx: Tx,
  { linkId, reason }: EventData<typeof links, 'link-expired'>,
): Promise<void> {
  const row = await store.findLink(tx, linkId)
  if (row === undefined) return
  const data = { reason, link: linkOf(row, ctx.origin) }
  await webhooks.publish(ctx, tx, { ownerId: row.owner_id, event: 'link.expired', data })
}

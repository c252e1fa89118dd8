import type { Input } from '@octet/contracts'
import type { links } from '@octet/contracts/links'
import type { Tx } from '@octet/db'
import type { LinksContext } from '../context.ts'
import { webhooks } from '../webhooks/webhooks.ts'
import { accessLinkForUpdate } from './access.ts'
import { targetKey } from './codes.ts'
import { type LinkRow, linkOf } from './rules.ts'
import * as store from './store.ts'

/** Deletes a link permanently; its code stays taken. Publishes `link-deleted`. */
export async function deleteLink(ctx: LinksContext, input: Input<typeof links, 'deleteLink'>): Promise<object> {
  const row = await ctx.db.transaction('links.deleteLink', tx => removeLink(ctx, tx, input.id))
  forgetLink(ctx, row)
  return {}
}

/** What this process must do once the deletion is committed. */
export function forgetLink(
  ctx: LinksContext,
  { id, code, domain_id }: Pick<LinkRow, 'id' | 'code' | 'domain_id'>,
): void {
  ctx.targets.delete(targetKey(code, domain_id))
  ctx.realtime.recheck('clicks', id)
  ctx.realtime.recheck('shared-clicks', id)
}

/** The same within a transaction; returns the deleted link. Throws `not-found`. */
export async function removeLink(ctx: LinksContext, tx: Tx, id: string): Promise<LinkRow> {
  const row = await accessLinkForUpdate(tx, ctx.actor, id)
  await store.deleteLinks(tx, [row.id], new Date(ctx.now()).toISOString())
  await tx.publish('link-deleted', { linkId: row.id })
  const link = linkOf(row, ctx.origin)
  await webhooks.publish(ctx, tx, { ownerId: row.owner_id, event: 'link.deleted', data: { link } })
  return row
}

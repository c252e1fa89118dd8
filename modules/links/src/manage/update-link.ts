import { commonProblem, type Input } from '@octet/contracts'
import type { Link, links } from '@octet/contracts/links'
import type { Tx } from '@octet/db'
import { withUtm } from '../campaigns/utm.ts'
import type { LinksContext } from '../context.ts'
import { checkDestination, checkLength } from '../domains/check-destination.ts'
import { webhooks } from '../webhooks/webhooks.ts'
import { accessLinkForUpdate } from './access.ts'
import { targetKey } from './codes.ts'
import { checkExpiry, checkFolder } from './prepare-link.ts'
import { type LinkRow, linkOf } from './rules.ts'
import * as store from './store.ts'

type Change = Input<typeof links, 'updateLink'>

/**
 * Changes the given properties. With `If-Match`, only that version is changed. Other processes serve the old
 * destination for at most the lifetime of a cache entry (module.ts). Publishes `link-updated`.
 */
export async function updateLink(ctx: LinksContext, input: Change): Promise<Link> {
  const passwordHash = await prepareChange(ctx, input)
  const updated = await ctx.db.transaction('links.updateLink', tx => changeLink(ctx, tx, { input, passwordHash }))
  ctx.targets.delete(targetKey(updated.code, updated.domain_id))
  return linkOf(updated, ctx.origin)
}

/**
 * Checks that need no transaction. Returns the hash of a new password, `undefined` to keep the old one, or `null` to
 * remove it. Throws `url-not-allowed`, `expiry-in-the-past`.
 */
export async function prepareChange(ctx: LinksContext, input: Change): Promise<string | null | undefined> {
  if (input.url !== undefined) await checkDestination(ctx, withUtm(input.url, input.utm))
  checkExpiry(ctx, input.expiresAt)
  return typeof input.password === 'string' ? ctx.passwords.hash(input.password) : input.password
}

interface PreparedChange {
  readonly input: Change
  readonly passwordHash: string | null | undefined
}

/** Throws `not-found`, `version-mismatch`, `folder-unknown` before it writes anything. */
export async function changeLink(ctx: LinksContext, tx: Tx, { input, passwordHash }: PreparedChange): Promise<LinkRow> {
  const row = await accessLinkForUpdate(tx, ctx.actor, input.id)
  if (ctx.request.ifMatch !== undefined && ctx.request.ifMatch !== row.version) throw commonProblem('version-mismatch')
  await checkFolder(ctx, tx, input.folderId)
  const change = changeOf(row, input, new Date(ctx.now()).toISOString())
  checkLength(change.url)
  await store.updateLink(tx, row.id, passwordHash === undefined ? change : { ...change, passwordHash })
  await tx.publish('link-updated', { linkId: row.id, version: row.version + 1 })
  const fresh = await store.findLink(tx, row.id)
  if (fresh === undefined) throw new Error(`link ${row.id} vanished while it was locked`)
  const link = linkOf(fresh, ctx.origin)
  await webhooks.publish(ctx, tx, { ownerId: row.owner_id, event: 'link.updated', data: { link } })
  return fresh
}

function changeOf(row: LinkRow, input: Change, updatedAt: string): store.LinkChange {
  const { title = row.title, tags = row.tags, expiresAt = row.expires_at, clicksMax = row.clicks_max } = input
  const { folderId = row.folder_id, isArchived } = input
  const archivedAt = isArchived === undefined ? row.archived_at : isArchived ? (row.archived_at ?? updatedAt) : null
  return {
    url: withUtm(input.url ?? row.url, input.utm),
    title,
    tags,
    expiresAt,
    clicksMax,
    passwordHash: row.password_hash,
    folderId,
    archivedAt,
    updatedAt,
  }
}

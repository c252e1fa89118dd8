import { commonProblem, type Input, type Link, type links } from '@octet/contracts'
import { accessLinkForUpdate } from './access.ts'
import type { LinksContext } from './context.ts'
import { checkDestination, checkExpiry } from './create-link.ts'
import { codeKey, linkOf, type Row } from './rules.ts'
import * as store from './store.ts'

/**
 * Changes what the input names and leaves the rest. With `If-Match`, only that version is changed. Other processes
 * serve the old destination for at most the life of a cache entry (module.ts). Publishes `link-updated`.
 */
export async function updateLink(ctx: LinksContext, input: Input<typeof links, 'updateLink'>): Promise<Link> {
  if (input.url !== undefined) checkDestination(ctx, input.url)
  checkExpiry(ctx, input.expiresAt)
  const passwordHash = await newPasswordHash(ctx, input.password)
  const updated = await ctx.db.transaction('links.updateLink', async tx => {
    const row = await accessLinkForUpdate(tx, ctx.actor, input.id)
    if (ctx.request.ifMatch !== undefined && ctx.request.ifMatch !== row.version)
      throw commonProblem('version-mismatch')
    const change = changeOf(row, input, new Date(ctx.now()).toISOString())
    await store.updateLink(tx, row.id, passwordHash === undefined ? change : { ...change, passwordHash })
    await tx.publish('link-updated', { linkId: row.id, version: row.version + 1 })
    const fresh = await store.findLink(tx, row.id)
    if (fresh === undefined) throw new Error(`link ${row.id} vanished while it was locked`)
    return fresh
  })
  ctx.targets.delete(codeKey(updated.code))
  return linkOf(updated, ctx.origin)
}

/** `undefined`: the password stays as it is; `null`: there is none any more. */
async function newPasswordHash(
  ctx: LinksContext,
  password: string | null | undefined,
): Promise<string | null | undefined> {
  return typeof password === 'string' ? ctx.passwords.hash(password) : password
}

function changeOf(row: Row, input: Input<typeof links, 'updateLink'>, updatedAt: string): store.LinkChange {
  const {
    url = row.url,
    title = row.title,
    tags = row.tags,
    expiresAt = row.expires_at,
    clicksMax = row.clicks_max,
  } = input
  return { url, title, tags, expiresAt, clicksMax, passwordHash: row.password_hash, updatedAt }
}

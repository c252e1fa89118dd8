import type { Input, Link, links } from '@octet/contracts'
import type { Tx } from '@octet/db'
import { type LinksContext, problem } from './context.ts'
import { codeKey, codeLengthMin, generateCode, isReserved, linkOf, type Row, refuseUrl } from './rules.ts'
import * as store from './store.ts'

/** How often a random code may collide before a longer one is drawn, and how many lengths are tried. */
const attemptsPerLength = 3
const codeLengthMax = codeLengthMin + 3

/**
 * Shortens an address. Signed in, the link belongs to the caller. Publishes `link-created`.
 * Throws `alias-taken`, `alias-reserved`, `url-not-allowed`, `expiry-in-the-past`.
 */
export async function createLink(ctx: LinksContext, input: Input<typeof links, 'createLink'>): Promise<Link> {
  checkDestination(ctx, input.url)
  checkExpiry(ctx, input.expiresAt)
  if (input.alias !== undefined && isReserved(input.alias)) throw problem('alias-reserved')
  const ownerId = ctx.actor.kind === 'user' ? ctx.actor.userId : null
  const passwordHash = input.password === undefined ? null : await ctx.passwords.hash(input.password)
  const created = await ctx.once('links.createLink', async tx => {
    const row = await insertWithCode(ctx, tx, input.alias, {
      ownerId,
      url: input.url,
      title: input.title ?? null,
      tags: input.tags ?? [],
      expiresAt: input.expiresAt ?? null,
      clicksMax: input.clicksMax ?? null,
      passwordHash,
      isExample: false,
      createdAt: new Date(ctx.now()).toISOString(),
    })
    await tx.publish('link-created', { linkId: row.id, ownerId, code: row.code })
    return linkOf(row, ctx.origin)
  })
  ctx.targets.delete(codeKey(created.code)) // it may be remembered as leading nowhere
  return created
}

async function insertWithCode(
  ctx: LinksContext,
  tx: Tx,
  alias: string | undefined,
  link: Omit<store.NewLink, 'code'>,
): Promise<Row> {
  if (alias !== undefined) {
    const row = await store.insertLink(tx, { ...link, code: alias })
    if (row === undefined) throw problem('alias-taken', { errors: [{ path: '/alias', message: 'is taken' }] })
    return row
  }
  for (let length = codeLengthMin; length <= codeLengthMax; length++) {
    for (let attempt = 0; attempt < attemptsPerLength; attempt++) {
      const row = await store.insertLink(tx, { ...link, code: generateCode(length) })
      if (row !== undefined) return row
      ctx.collisions.add()
    }
  }
  throw new Error(`no free code found up to ${codeLengthMax} characters`)
}

/** Throws `url-not-allowed` with the reason. */
export function checkDestination(ctx: LinksContext, url: string): void {
  const refusal = refuseUrl(url, ctx.origin)
  if (refusal !== undefined) throw problem('url-not-allowed', { errors: [{ path: '/url', message: refusal }] })
}

/** Throws `expiry-in-the-past`. */
export function checkExpiry(ctx: LinksContext, expiresAt: string | null | undefined): void {
  if (expiresAt === undefined || expiresAt === null || Date.parse(expiresAt) > ctx.now()) return
  throw problem('expiry-in-the-past', { errors: [{ path: '/expiresAt', message: 'is in the past' }] })
}

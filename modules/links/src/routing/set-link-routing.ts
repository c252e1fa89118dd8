import { commonProblem, type Input } from '@octet/contracts'
import type { LinkRouting, links, Routing } from '@octet/contracts/links'
import { type LinksContext, problem } from '../context.ts'
import { checkDestination } from '../domains/check-destination.ts'
import { accessLinkForUpdate } from '../manage/access.ts'
import { targetKey } from '../manage/codes.ts'
import * as store from '../manage/store.ts'
import { routingOf } from './get-link-routing.ts'
import { refuseAppUrl } from './rules.ts'

/**
 * Replaces the routing of a link. Every address in it must pass the checks of a link's own address. Takes effect
 * everywhere within a second. Publishes `link-updated`. Throws `url-not-allowed`, `routing-not-valid`,
 * `version-mismatch`.
 */
export async function setLinkRouting(
  ctx: LinksContext,
  input: Input<typeof links, 'setLinkRouting'>,
): Promise<LinkRouting> {
  const { id, rules = [], variants = [], appUrl = null, fallbackUrl = null, preview = null } = input
  const routing: Routing = { rules, variants, appUrl, fallbackUrl, preview }
  await checkAddresses(ctx, routing)
  checkSense(routing)
  const isPlain =
    rules.length === 0 && variants.length === 0 && appUrl === null && fallbackUrl === null && preview === null
  const row = await ctx.db.transaction('links.setLinkRouting', async tx => {
    const locked = await accessLinkForUpdate(tx, ctx.actor, id)
    if (ctx.request.ifMatch !== undefined && ctx.request.ifMatch !== locked.version) {
      throw commonProblem('version-mismatch')
    }
    await store.setRouting(tx, id, isPlain ? null : routing, new Date(ctx.now()).toISOString())
    await tx.publish('link-updated', { linkId: id, version: locked.version + 1 })
    return { ...locked, routing: isPlain ? null : routing, version: locked.version + 1 }
  })
  ctx.targets.delete(targetKey(row.code, row.domain_id))
  return routingOf(row)
}

async function checkAddresses(ctx: LinksContext, routing: Routing): Promise<void> {
  const { rules, variants, appUrl, fallbackUrl, preview } = routing
  const addresses: [path: string, url: string | null | undefined][] = [
    ...rules.map(({ url }, index) => [`/rules/${index}/url`, url] as [string, string]),
    ...variants.map(({ url }, index) => [`/variants/${index}/url`, url] as [string, string]),
    ['/fallbackUrl', fallbackUrl],
    ['/preview/imageUrl', preview?.imageUrl],
  ]
  for (const [path, url] of addresses) if (typeof url === 'string') await checkDestination(ctx, url, path)
  const apps = [['/appUrl', appUrl], ...rules.map((rule, index) => [`/rules/${index}/appUrl`, rule.appUrl])] as const
  for (const [path, url] of apps) {
    const refusal = typeof url === 'string' ? refuseAppUrl(url, ctx.appSchemes) : undefined
    if (refusal !== undefined)
      throw problem('url-not-allowed', { errors: [{ path: path as string, message: refusal }] })
  }
}

function checkSense({ rules, variants }: Routing): void {
  const errors: { path: string; message: string }[] = []
  for (const [index, { when }] of rules.entries()) {
    if (Object.keys(when).length === 0) errors.push({ path: `/rules/${index}/when`, message: 'names no condition' })
    if (when.from !== undefined && when.until !== undefined && Date.parse(when.from) >= Date.parse(when.until)) {
      errors.push({ path: `/rules/${index}/when/until`, message: 'is not after from' })
    }
  }
  if (variants.length === 1) errors.push({ path: '/variants', message: 'must have at least two variants, or be empty' })
  if (new Set(variants.map(({ name }) => name)).size < variants.length) {
    errors.push({ path: '/variants', message: 'have the same name twice' })
  }
  if (errors.length > 0) throw problem('routing-not-valid', { errors })
}

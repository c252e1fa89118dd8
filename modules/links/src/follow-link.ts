/** From a code to where it leads, and what that costs the link. */
import type { LinksContext } from './context.ts'
import { type Target, targetKey } from './rules.ts'
import * as store from './store.ts'

interface Redirect {
  readonly outcome: 'redirect'
  readonly location: string
  readonly linkId: string
}

export type Follow =
  | Redirect
  /** The password, if one was given, is wrong or was not looked at. */
  | { readonly outcome: 'locked' }
  | { readonly outcome: 'gone' }
  | { readonly outcome: 'missing' }

export interface Visit {
  readonly code: string
  /** A visit that does not count (HEAD, prefetch) takes nothing from a click limit. */
  readonly isCounted: boolean
}

/**
 * Decides one visit. The common case (known link without a limit) touches no database; expiry is read from the clock
 * at serve time, a click limit from the database at every visit.
 */
export function followLink(ctx: LinksContext, visit: Visit): Follow | Promise<Follow> {
  const key = targetKey(visit.code)
  const known = ctx.targets.peek(key)
  if (known !== undefined) return decide(ctx, known, visit)
  return ctx.targets.get(key).then(target => decide(ctx, target, visit))
}

/**
 * The same for the most common of all visits, one that counts on a known link without a limit or a password;
 * `undefined` for every other, having changed nothing.
 */
export function followKnownLink(ctx: LinksContext, code: string): Redirect | undefined {
  const target = ctx.targets.peek(targetKey(code))
  if (target === undefined || target === null || target.hasClickLimit) return undefined
  const follow = decide(ctx, target, { code, isCounted: true })
  return follow instanceof Promise || follow.outcome !== 'redirect' ? undefined : follow
}

/** Decides a visit that brought a password. Throws `unavailable` when too many passwords wait to be checked. */
export async function unlockLink(ctx: LinksContext, visit: Visit, password: string): Promise<Follow> {
  const target = await ctx.targets.get(targetKey(visit.code))
  if (target === null || target.passwordHash === null) return decide(ctx, target, visit)
  const fits = await ctx.passwords.verify(password, target.passwordHash)
  return fits ? decide(ctx, { ...target, passwordHash: null }, visit) : { outcome: 'locked' }
}

function decide(ctx: LinksContext, target: Target | null, { isCounted }: Visit): Follow | Promise<Follow> {
  if (target === null) return { outcome: 'missing' }
  if (target.expiresAtMs <= ctx.now()) return { outcome: 'gone' }
  if (target.passwordHash !== null) return { outcome: 'locked' }
  const redirect = { outcome: 'redirect', location: target.location, linkId: target.id } as const
  if (!target.hasClickLimit || !isCounted) return redirect
  return takeClick(ctx, target.id).then(taken => (taken ? redirect : { outcome: 'gone' }))
}

/** Takes one click of a limited link. The last one publishes `link-expired` in the transaction that takes it. */
function takeClick(ctx: LinksContext, id: string): Promise<boolean> {
  return ctx.db.transaction('links.takeClick', async tx => {
    const taken = await store.takeClick(tx, id)
    if (taken?.left === 0) await tx.publish('link-expired', { linkId: id, reason: 'clicks' })
    return taken !== undefined
  })
}

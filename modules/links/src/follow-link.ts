/** From a code to where it leads, and what that costs the link. */
import type { LinksContext } from './context.ts'
import { codeKey, type Target } from './rules.ts'
import * as store from './store.ts'

export type Follow =
  | { readonly outcome: 'redirect'; readonly location: string; readonly linkId: string }
  | { readonly outcome: 'gone' }
  | { readonly outcome: 'missing' }

/**
 * Decides one visit. The common case (known link without a limit) touches no database; expiry is read from the clock
 * at serve time, a click limit from the database at every visit. A visit that does not count (HEAD, prefetch) takes
 * nothing from a limit.
 */
export function followLink(ctx: LinksContext, code: string, isCounted: boolean): Follow | Promise<Follow> {
  const key = codeKey(code)
  const known = ctx.targets.peek(key)
  if (known !== undefined) return decide(ctx, known, isCounted)
  return ctx.targets.get(key).then(target => decide(ctx, target, isCounted))
}

function decide(ctx: LinksContext, target: Target | null, isCounted: boolean): Follow | Promise<Follow> {
  if (target === null) return { outcome: 'missing' }
  if (target.expiresAtMs <= ctx.now()) return { outcome: 'gone' }
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

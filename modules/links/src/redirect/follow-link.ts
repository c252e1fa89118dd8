/** From a code to its destination, and what the visit consumes of the link. */
import type { VisitorKind } from '@octet/visitors'
import type { LinksContext } from '../context.ts'
import { chooseDestination, type Destination, type Visitor } from '../routing/rules.ts'
import type { Target } from './target.ts'

export type Follow =
  | { readonly outcome: 'redirect'; readonly target: Target; readonly to: Destination }
  /**
   * For programs that preview the link or would consume one of its clicks: describes the link without its destination.
   */
  | { readonly outcome: 'card'; readonly target: Target }
  /** The link has ended, and its owner set a fallback address. */
  | { readonly outcome: 'fallback'; readonly location: string }
  /** The given password is wrong or was not checked. */
  | { readonly outcome: 'locked' }
  | { readonly outcome: 'gone' }
  | { readonly outcome: 'missing' }

export interface Visit {
  /** {@link targetKey} of the requested code. */
  readonly key: string
  /** A visit that does not count (HEAD, prefetch) neither consumes nor passes a click limit. */
  readonly isCounted: boolean
  readonly kind: VisitorKind
  readonly visitor: Visitor
}

/**
 * Decides one visit. The common case, a known link without a limit, touches no database. Expiry is checked against the
 * clock at serve time, a click limit against the database at every visit.
 */
export function followLink(ctx: LinksContext, visit: Visit): Follow | Promise<Follow> {
  const known = ctx.targets.peek(visit.key)
  if (known !== undefined) return decide(ctx, known, visit)
  return ctx.targets.get(visit.key).then(target => decide(ctx, target, visit))
}

/**
 * The target of a known link that needs no check but its expiry, the most common visit of all. Returns `undefined` for
 * every other link and changes nothing.
 */
export function knownPlainTarget(ctx: LinksContext, key: string): Target | undefined {
  const target = ctx.targets.peek(key)
  if (target === undefined || target === null || !target.isPlain || target.expiresAtMs <= ctx.now()) return undefined
  return target
}

/** Decides a visit with a password. Throws `unavailable` when too many passwords wait to be checked. */
export async function unlockLink(ctx: LinksContext, visit: Visit, password: string): Promise<Follow> {
  const target = await ctx.targets.get(visit.key)
  if (target === null || target.passwordHash === null) return decide(ctx, target, visit)
  const fits = await ctx.passwords.verify(password, target.passwordHash)
  return fits ? decide(ctx, { ...target, passwordHash: null }, visit) : { outcome: 'locked' }
}

function decide(ctx: LinksContext, target: Target | null, visit: Visit): Follow | Promise<Follow> {
  if (target === null) return { outcome: 'missing' }
  const { isCounted, kind, visitor } = visit
  const nowMs = ctx.now()
  if (target.expiresAtMs <= nowMs) return over(target)
  if (kind === 'preview' && target.card !== null) return { outcome: 'card', target }
  if (target.passwordHash !== null) return { outcome: 'locked' }
  // A chat that unfurls a one-click link must not consume it, and a visit that consumes no click learns no address.
  if (target.hasClickLimit && (kind !== 'human' || !isCounted)) return { outcome: 'card', target }
  const { routing, id: linkId } = target
  const to =
    routing === null
      ? { location: target.location, appUrl: null, variant: '' }
      : chooseDestination(routing, { visitor, linkId, nowMs })
  const redirect = { outcome: 'redirect', target, to } as const
  if (!target.hasClickLimit) return redirect
  if (target.isExhausted) return over(target)
  return ctx.clickTokens.take(target.id).then(taken => (taken ? redirect : over(target)))
}

function over({ fallback }: Target): Follow {
  return fallback === null ? { outcome: 'gone' } : { outcome: 'fallback', location: fallback }
}

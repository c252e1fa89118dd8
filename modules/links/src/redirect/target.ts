/** The data of a link that a redirect needs, prepared once when the link is loaded. */
import type { PreviewCard } from '@octet/contracts/links'
import { type BodilessAnswer, bodilessAnswer } from '@octet/http'
import { utmText } from '../clicks/click.ts'
import type { LinkRow } from '../manage/rules.ts'
import { type CompiledRouting, compileRouting, locationOf } from '../routing/rules.ts'

/** Returning visitors must see an edit, so the redirect is not cached. */
export const redirectPolicy = 'private, max-age=0'

export interface Target {
  readonly id: string
  readonly location: string
  /** The redirect to `location`, for the fast path. */
  readonly redirect: BodilessAnswer
  readonly title: string | null
  readonly expiresAtMs: number
  readonly passwordHash: string | null
  readonly hasClickLimit: boolean
  /** The click limit was reached when the link was loaded. */
  readonly isExhausted: boolean
  /** `null`: every visitor is sent to `location`. */
  readonly routing: CompiledRouting | null
  /** Where visitors are sent after the link's end. */
  readonly fallback: string | null
  readonly card: PreviewCard | null
  /** UTM parameters of the destination, as click records store them. */
  readonly utm: string
  /** Only the expiry must be checked: the fast path may serve it. */
  readonly isPlain: boolean
}

/** Prepares everything that does not depend on the visit. */
export function targetOf(row: LinkRow): Target {
  const location = locationOf(row.url)
  const routing = row.routing === null ? null : compileRouting(row.routing, location)
  const fallback = row.routing?.fallbackUrl ?? null
  const card = row.routing?.preview ?? null
  const hasClickLimit = row.clicks_max !== null
  return {
    id: row.id,
    location,
    redirect: bodilessAnswer(302, ['location', location, 'cache-control', redirectPolicy]),
    title: row.title,
    expiresAtMs: row.expires_at === null ? Number.POSITIVE_INFINITY : Date.parse(row.expires_at),
    passwordHash: row.password_hash,
    hasClickLimit,
    isExhausted: row.clicks_max !== null && row.clicks_used >= row.clicks_max,
    routing,
    fallback: fallback === null ? null : locationOf(fallback),
    card,
    utm: utmText(new URL(row.url).searchParams),
    isPlain: routing === null && card === null && !hasClickLimit && row.password_hash === null,
  }
}

/** A request for a short link, read once: what rules examine and what the click record stores. */
import type { IncomingMessage } from 'node:http'
import { headerOf } from '@octet/http'
import {
  createUserAgents,
  readVisit as readHeaders,
  referrerHost,
  type UserAgent,
  type Visit,
  visitorLot,
} from '@octet/visitors'
import { encodeClick, utmText, valueText, whoText } from '../clicks/click.ts'
import type { LinksState } from '../context.ts'
import { preferredLanguage, type Visitor } from '../routing/rules.ts'
import type { Target } from './target.ts'

export interface VisitRequest extends Visit {
  readonly userAgent: UserAgent & {
    /** {@link whoText} */
    readonly who: string
  }
}

/** The user agent's text is not stored: the journal is on disk, where it would outlive the visit by weeks. */
const userAgents = createUserAgents(read => ({ ...read, who: whoText(read) }))

/** What the headers say about a visit. */
export function readVisit(request: IncomingMessage): VisitRequest {
  const { userAgentText, referrer, isPrefetch } = readHeaders(request)
  return { userAgentText, referrer, isPrefetch, userAgent: userAgents(userAgentText) }
}

/** What a record and a rule may need besides the request. */
type Surroundings = Pick<LinksState, 'geo' | 'visitorSalts'> & { readonly now: () => number }

export interface Where {
  readonly raw: IncomingMessage
  readonly address: string
}

/** Values for rules, looked up on demand. */
export function visitorOf(known: Surroundings, visit: VisitRequest, { raw, address }: Where): Visitor {
  let query: URLSearchParams | undefined
  return {
    country: () => placeOf(known, { raw, address })?.country,
    device: () => visit.userAgent.device,
    system: () => visit.userAgent.system,
    language: () => preferredLanguage(headerOf(raw, 'accept-language')),
    query(name) {
      query ??= queryOf(raw)
      return query.get(name) ?? undefined
    },
    lot: linkId => visitorLot(linkId, address, visit.userAgentText),
  }
}

/** One click for the journal, without address and user agent (click.ts). */
export function clickRecord(
  known: Surroundings,
  visit: VisitRequest,
  { raw, address, target, variant }: Where & { target: Target; variant: string },
): string {
  const nowMs = known.now()
  const place = known.geo.isKnown ? placeOf(known, { raw, address }) : undefined
  return encodeClick({
    linkId: target.id,
    atMs: nowMs,
    visitor: known.visitorSalts.hashOf(nowMs, address, visit.userAgentText),
    who: visit.userAgent.who,
    variant,
    country: place?.country ?? '',
    city: place?.city === undefined ? '' : valueText(place.city),
    referrer: visit.referrer === undefined ? '' : referrerHost(visit.referrer),
    utm: utmOf(raw, target),
  })
}

function placeOf(known: Surroundings, { raw, address }: Where) {
  const { geo } = known
  return geo.placeOf(address, geo.countryHeader === undefined ? undefined : headerOf(raw, geo.countryHeader))
}

function queryOf({ url = '' }: IncomingMessage): URLSearchParams {
  const start = url.indexOf('?')
  return new URLSearchParams(start === -1 ? '' : url.slice(start))
}

/** The UTM parameters of the visit, or else of the link's own address. */
function utmOf(raw: IncomingMessage, { utm }: Target): string {
  return raw.url?.includes('utm_') === true ? utmText(queryOf(raw)) : utm
}

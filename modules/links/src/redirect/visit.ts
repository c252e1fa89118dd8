/** A request for a short link, read once: what rules look at and what the click record keeps. */
import type { IncomingMessage } from 'node:http'
import { headerOf } from '@octet/http'
import { encodeClick, utmText, valueText } from '../clicks/click.ts'
import { readUserAgent, type UserAgent } from '../clicks/user-agent.ts'
import { visitorLot } from '../clicks/visitor-salts.ts'
import type { LinksState } from '../context.ts'
import { preferredLanguage, type Visitor } from '../routing/rules.ts'
import type { Target } from './target.ts'

export interface VisitRequest {
  readonly userAgentText: string
  readonly userAgent: UserAgent
  readonly referrer: string | undefined
  readonly isPrefetch: boolean
}

/** The headers every visit needs, in one pass over where the parser left them. */
export function readVisit({ rawHeaders }: IncomingMessage): VisitRequest {
  let userAgentText = ''
  let referrer: string | undefined
  let purpose: string | undefined
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string
    const value = rawHeaders[index + 1] as string
    switch (name.length) {
      case 10:
        if (name.toLowerCase() === 'user-agent') userAgentText = value
        break
      case 7:
        if (name.toLowerCase() === 'referer') referrer = value
        else if (name.toLowerCase() === 'purpose') purpose ??= value
        break
      case 11:
        if (name.toLowerCase() === 'sec-purpose') purpose = value
        break
      case 5:
        if (name.toLowerCase() === 'x-moz') purpose ??= value
        break
    }
  }
  return {
    userAgentText,
    userAgent: readUserAgent(userAgentText),
    referrer,
    isPrefetch: purpose !== undefined && /prefetch|prerender|preview/i.test(purpose),
  }
}

/** What a record and a rule may need to know besides the request. */
type Surroundings = Pick<LinksState, 'geo' | 'visitorSalts'> & { readonly now: () => number }

export interface Where {
  readonly raw: IncomingMessage
  readonly address: string
}

/** What rules may ask, looked up when they do. */
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

/** One click for the journal. Neither the address nor the user agent is in it (click.ts). */
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
    referrer: visit.referrer === undefined ? '' : hostOf(visit.referrer),
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

/** Of the visit where it says any, else of the link's own address. */
function utmOf(raw: IncomingMessage, { utm }: Target): string {
  return raw.url?.includes('utm_') === true ? utmText(queryOf(raw)) : utm
}

/** Host of a referrer, without `www.`; empty for what is not a web address. */
function hostOf(referrer: string): string {
  const match = /^https?:\/\/(?:www\.)?([a-z0-9.-]{1,100})(?:[/:?#]|$)/i.exec(referrer)
  return match?.[1]?.toLowerCase() ?? ''
}

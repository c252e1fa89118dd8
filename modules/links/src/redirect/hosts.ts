/** Which verified host a request is for. */
import type { IncomingMessage } from 'node:http'
import { createMemo } from '@octet/cache'
import { headerOf } from '@octet/http'
import type { LinksState } from '../context.ts'
import { normalHost } from '../domains/rules.ts'
import type { DomainRow } from '../domains/store.ts'

const namesMax = 10_000
/** Keyed by the header text: parsing a URL for every visit would cost as much as the visit itself. */
const nameOf = createMemo(namesMax, given => normalHost(given.replace(/:\d{1,5}$/, '')))

/** The host name a user may have claimed; `undefined` for IP addresses and single words such as `localhost`. */
function claimableHost(request: IncomingMessage): string | undefined {
  const given = headerOf(request, 'host')
  return given === undefined ? undefined : nameOf(given)
}

type Known = Pick<LinksState, 'shortDomains' | 'origin'>

/** The verified domain; `null` for the installation's own host and for unverified hosts. */
export function domainOfRequest(
  { shortDomains, origin }: Known,
  request: IncomingMessage,
): DomainRow | null | Promise<DomainRow | null> {
  const host = claimableHost(request)
  if (host === undefined || host === ownHost(origin)) return null
  const known = shortDomains.peek(host)
  return known === undefined ? shortDomains.get(host) : known
}

/** There is one; tests have a few. */
const ownHost = createMemo(16, origin => new URL(origin).hostname)

/** On a verified host codes stand at the root: `/code` is `/s/code`, and `/` is the landing page its owner chose. */
export function pathOnDomain(url: string, domain: DomainRow | null): string | undefined {
  if (domain === null) return undefined
  const match = /^\/([\w%-]{0,200})\/?(\?.*)?$/s.exec(url)
  if (match === null) return undefined
  return match[1] === '' ? `/s${match[2] ?? ''}` : `/s/${match[1]}${match[2] ?? ''}`
}

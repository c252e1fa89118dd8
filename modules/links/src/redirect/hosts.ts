/** Which of the hosts that people bring a request is for. */
import type { IncomingMessage } from 'node:http'
import { headerOf } from '@octet/http'
import type { LinksState } from '../context.ts'
import { normalHost } from '../domains/rules.ts'
import type { DomainRow } from '../domains/store.ts'

const namesMax = 10_000
const names = new Map<string, string | undefined>()

/** The host name somebody may have claimed; `undefined` for addresses and single words such as `localhost`. */
function claimableHost(request: IncomingMessage): string | undefined {
  const given = headerOf(request, 'host')
  if (given === undefined) return undefined
  // Remembered as it was written: making a URL of it at every visit would cost as much as the visit.
  if (names.has(given)) return names.get(given)
  const name = normalHost(given.replace(/:\d{1,5}$/, ''))
  if (names.size >= namesMax) names.clear()
  names.set(given, name)
  return name
}

type Known = Pick<LinksState, 'shortDomains' | 'origin'>

/** The proven domain; `null` for the installation's own host and hosts that are nobody's. */
export function domainOfRequest(
  { shortDomains, origin }: Known,
  request: IncomingMessage,
): DomainRow | null | Promise<DomainRow | null> {
  const host = claimableHost(request)
  if (host === undefined || host === ownHost(origin)) return null
  const known = shortDomains.peek(host)
  return known === undefined ? shortDomains.get(host) : known
}

const hosts = new Map<string, string>()

function ownHost(origin: string): string {
  let host = hosts.get(origin)
  if (host === undefined) {
    host = new URL(origin).hostname
    hosts.set(origin, host)
  }
  return host
}

/** On a proven host codes stand at the root: `/code` is `/s/code`, and `/` where its owner wants visitors to land. */
export function pathOnDomain(url: string, domain: DomainRow | null): string | undefined {
  if (domain === null) return undefined
  const match = /^\/([\w%-]{0,200})\/?(\?.*)?$/s.exec(url)
  if (match === null) return undefined
  return match[1] === '' ? `/s${match[2] ?? ''}` : `/s/${match[1]}${match[2] ?? ''}`
}

/** Decisions about hosts that people bring: pure. */
import { isIP } from 'node:net'
import type { Domain } from '@octet/contracts/links'
import type { DomainRow } from './store.ts'

/** A host as DNS knows it (lower case, punycode, no dot at the end), or `undefined` for what is no host name. */
export function normalHost(host: string): string | undefined {
  if (/[/\\?#@:\s]/.test(host)) return undefined
  const name = URL.parse(`http://${host}/`)?.hostname.replace(/\.$/, '') ?? ''
  const isName =
    name.length <= 253 && /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/.test(name)
  return isName && isIP(name) === 0 ? name : undefined
}

/** Names that no DNS of the internet answers for, or that answer for everybody. */
const unprovable = /(^|\.)(localhost|local|internal|lan|home|corp|test|invalid|example|onion|arpa)$/

/** Whether a normal host may be claimed: public names, not the installation's own nor below it. */
export function mayBeClaimed(host: string, origin: string): boolean {
  const own = new URL(origin).hostname
  return !unprovable.test(host) && host !== own && !host.endsWith(`.${own}`)
}

/** Where the proof of a host is looked for, and what it must say. */
export function proofOf({ host, token }: Pick<DomainRow, 'host' | 'token'>): Domain['verification'] {
  return {
    txtName: `_octet.${host}`,
    fileUrl: `http://${host}/.well-known/octet-domain.txt`,
    value: `octet-domain=${token}`,
  }
}

/** A row as its owner sees it. */
export function domainOf(row: DomainRow): Domain {
  return {
    id: row.id,
    host: row.host,
    isVerified: row.verified_at !== null,
    verifiedAt: row.verified_at,
    missingSince: row.missing_since,
    landingUrl: row.landing_url,
    links: row.links,
    verification: proofOf(row),
    createdAt: row.created_at,
  }
}

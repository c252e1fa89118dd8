/** A domain as its owner sees it. */
import type { Domain } from '@octet/contracts/links'
import { proofOf } from '@octet/domains'
import type { DomainRow } from './store.ts'

/** The public shape of a domain. It contains no secret: the owner publishes the proof. */
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

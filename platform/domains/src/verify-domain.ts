import { type Db, uniqueViolation } from '@octet/db'
import type { Outbound } from '@octet/outbound'
import { findProof } from './find-proof.ts'
import { proofOf } from './rules.ts'
import { type DomainRow, markVerified } from './store.ts'

/**
 * Looks for the proof of a claim and, when it is found, gives the host to its owner. `taken`: another account has
 * verified that host.
 */
export async function verifyDomain(
  { db, outbound }: { readonly db: Db; readonly outbound: Outbound },
  domain: DomainRow,
  at: string,
): Promise<'verified' | 'not-proven' | 'taken'> {
  if ((await findProof(outbound, proofOf(domain))) !== 'found') return 'not-proven'
  const isVerified = await markVerified(db, domain.id, at).catch(error => {
    if (uniqueViolation(error) === 'domains_host_verified') return false
    throw error
  })
  return isVerified ? 'verified' : 'taken'
}

/** The only way to obtain a domain: through its owner. */
import { commonProblem, type Principal, requireUser } from '@octet/contracts'
import type { Queryable } from '@octet/db'
import { type DomainRow, listDomains } from './store.ts'

/** A host of the caller, verified or not. Throws `not-found` alike for unknown hosts and for those of others. */
export async function accessDomain(db: Queryable, actor: Principal, id: string): Promise<DomainRow> {
  const [domain] = await listDomains(db, requireUser(actor).userId, id)
  if (domain === undefined) throw commonProblem('not-found')
  return domain
}

/** The only way to an API key: through its owner. */
import { commonProblem, type Principal, requireUser } from '@octet/contracts'
import type { Queryable } from '@octet/db'
import { findApiKeyOwner } from './store.ts'

/**
 * Id of one of the actor's own API keys, active or not. `not-found` both for other people's keys and for missing ones.
 */
export async function accessOwnApiKey(db: Queryable, actor: Principal, id: string): Promise<string> {
  const ownerId = await findApiKeyOwner(db, id)
  if (ownerId === undefined || ownerId !== requireUser(actor).userId) throw commonProblem('not-found')
  return id
}

/** The only way to an API key: through its owner. */
import { commonProblem, type Principal, requireUser } from '@octet/contracts'
import type { Queryable } from '@octet/db'
import { findApiKeyOwner } from './store.ts'

/** Id of one of the actor's own API keys, working or not. `not-found` alike for other people's and for none at all. */
export async function accessOwnApiKey(db: Queryable, actor: Principal, id: string): Promise<string> {
  const ownerId = await findApiKeyOwner(db, id)
  if (ownerId === undefined || ownerId !== requireUser(actor).userId) throw commonProblem('not-found')
  return id
}

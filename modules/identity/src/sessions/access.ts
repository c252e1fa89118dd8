/** The only way to a session: through its owner. */
import { commonProblem, type Principal, requireUser } from '@octet/contracts'
import type { Queryable } from '@octet/db'
import { findSessionOwner } from './store.ts'

/**
 * Id of one of the actor's own sessions, ended or not. `not-found` both for other people's sessions and for missing
 * ones.
 */
export async function accessOwnSession(db: Queryable, actor: Principal, id: string): Promise<string> {
  const ownerId = await findSessionOwner(db, id)
  if (ownerId === undefined || ownerId !== requireUser(actor).userId) throw commonProblem('not-found')
  return id
}

/** The only way to an account: ownership or an administrator's permission. */
import { commonProblem, type Principal, requireUser } from '@octet/contracts'
import type { Queryable, Tx } from '@octet/db'
import type { UserRow } from './rules.ts'
import * as store from './store.ts'

/** The actor's own account. Throws `unauthenticated` when it is gone. */
export async function accessOwnAccount(db: Queryable, actor: Principal): Promise<UserRow> {
  const row = await store.findUser(db, requireUser(actor).userId)
  if (row === undefined) throw commonProblem('unauthenticated')
  return row
}

/** Locks an account for an administrator until the transaction ends. The operation's access checks the permission. */
export async function accessManagedAccount(tx: Tx, id: string): Promise<UserRow> {
  const row = await store.lockUser(tx, id)
  if (row === undefined) throw commonProblem('not-found')
  return row
}

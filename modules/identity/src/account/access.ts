/** The only ways to an account or a session: through who may have it. */
import { commonProblem, type Principal, requireUser } from '@octet/contracts'
import type { Queryable, Tx } from '@octet/db'
import { type ExportRow, findExport } from '../export/store.ts'
import { findApiKeyOwner } from '../keys/store.ts'
import { findSessionOwner } from '../sessions/store.ts'
import type { UserRow } from './rules.ts'
import * as store from './store.ts'

/** The actor's own account. Throws `unauthenticated` when it is gone. */
export async function accessOwnAccount(db: Queryable, actor: Principal): Promise<UserRow> {
  const row = await store.findUser(db, requireUser(actor).userId)
  if (row === undefined) throw commonProblem('unauthenticated')
  return row
}

/** An account for who may manage accounts (the operation's access says so), held until the transaction ends. */
export async function accessManagedAccount(tx: Tx, id: string): Promise<UserRow> {
  const row = await store.lockUser(tx, id)
  if (row === undefined) throw commonProblem('not-found')
  return row
}

/** Id of one of the actor's own sessions, ended or not. `not-found` alike for other people's and for none at all. */
export async function accessOwnSession(db: Queryable, actor: Principal, id: string): Promise<string> {
  const ownerId = await findSessionOwner(db, id)
  if (ownerId === undefined || ownerId !== requireUser(actor).userId) throw commonProblem('not-found')
  return id
}

/** Id of one of the actor's own API keys, working or not. `not-found` alike for other people's and for none at all. */
export async function accessOwnApiKey(db: Queryable, actor: Principal, id: string): Promise<string> {
  const ownerId = await findApiKeyOwner(db, id)
  if (ownerId === undefined || ownerId !== requireUser(actor).userId) throw commonProblem('not-found')
  return id
}

/** One of the actor's own archives. `not-found` alike for other people's and for none at all. */
export async function accessOwnExport(db: Queryable, actor: Principal, id: string): Promise<ExportRow> {
  const row = await findExport(db, id)
  if (row === undefined || row.user_id !== requireUser(actor).userId) throw commonProblem('not-found')
  return row
}

/** The only way to obtain a link: each function checks one right. */
import { commonProblem, hasPermission, type Principal } from '@octet/contracts'
import { links } from '@octet/contracts/links'
import type { Queryable, Tx } from '@octet/db'
import type { LinkRow } from './rules.ts'
import * as store from './store.ts'

/** A link the caller owns or may manage. Throws `not-found` alike for unknown links and for those of others. */
export async function accessLink(db: Queryable, actor: Principal, id: string): Promise<LinkRow> {
  return allow(actor, await store.findLink(db, id))
}

/** The same, locked until the transaction ends. */
export async function accessLinkForUpdate(tx: Tx, actor: Principal, id: string): Promise<LinkRow> {
  return allow(actor, await store.lockLink(tx, id))
}

function allow(actor: Principal, row: LinkRow | undefined): LinkRow {
  if (row === undefined || actor.kind !== 'user') throw commonProblem('not-found')
  const mayManage = hasPermission(actor.roles, links.permissions['links:manage'])
  if (row.owner_id !== actor.userId && !mayManage) throw commonProblem('not-found')
  return row
}

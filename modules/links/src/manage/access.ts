/** The only way to a link: through who may have it. */
import { commonProblem, hasPermission, type Principal, requireUser } from '@octet/contracts'
import type { Queryable, Tx } from '@octet/db'
import { listTemplates, type UtmTemplateRow } from '../campaigns/store.ts'
import { type DomainRow, listDomains } from '../domains/store.ts'
import { type FolderRow, listFolders } from '../organize/store.ts'
import type { WebhookRow } from '../webhooks/rules.ts'
import { listWebhooks, lockWebhook } from '../webhooks/store.ts'
import type { Row } from './rules.ts'
import * as store from './store.ts'

/** A link the actor owns or may manage. Throws `not-found` alike for other people's links and for none at all. */
export async function accessLink(db: Queryable, actor: Principal, id: string): Promise<Row> {
  return allow(actor, await store.findLink(db, id))
}

/** The same, locked until the transaction ends. */
export async function accessLinkForUpdate(tx: Tx, actor: Principal, id: string): Promise<Row> {
  return allow(actor, await store.lockLink(tx, id))
}

function allow(actor: Principal, row: Row | undefined): Row {
  if (row === undefined || actor.kind !== 'user') throw commonProblem('not-found')
  if (row.owner_id !== actor.userId && !hasPermission(actor.roles, 'links:manage')) throw commonProblem('not-found')
  return row
}

/** A folder of the actor's. Throws `not-found` alike for other people's and for none at all. */
export async function accessFolder(db: Queryable, actor: Principal, id: string): Promise<FolderRow> {
  const [folder] = await listFolders(db, requireUser(actor).userId, id)
  if (folder === undefined) throw commonProblem('not-found')
  return folder
}

/** A utm template of the actor's; `not-found` alike. */
export async function accessUtmTemplate(db: Queryable, actor: Principal, id: string): Promise<UtmTemplateRow> {
  const [template] = await listTemplates(db, requireUser(actor).userId, id)
  if (template === undefined) throw commonProblem('not-found')
  return template
}

/** A host of the actor's, proven or not; `not-found` alike. */
export async function accessDomain(db: Queryable, actor: Principal, id: string): Promise<DomainRow> {
  const [domain] = await listDomains(db, requireUser(actor).userId, id)
  if (domain === undefined) throw commonProblem('not-found')
  return domain
}

/** A webhook of the actor's. Throws `not-found` alike for other people's and for none at all. */
export async function accessWebhook(db: Queryable, actor: Principal, id: string): Promise<WebhookRow> {
  const [webhook] = await listWebhooks(db, requireUser(actor).userId, id)
  if (webhook === undefined) throw commonProblem('not-found')
  return webhook
}

/** The same, locked until the transaction ends. */
export async function accessWebhookForUpdate(tx: Tx, actor: Principal, id: string): Promise<WebhookRow> {
  const webhook = await lockWebhook(tx, requireUser(actor).userId, id)
  if (webhook === undefined) throw commonProblem('not-found')
  return webhook
}

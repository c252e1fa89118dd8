/** The only way to a webhook: through its owner. */
import { commonProblem, type Principal, requireUser } from '@octet/contracts'
import type { Queryable, Tx } from '@octet/db'
import type { WebhookRow } from './rules.ts'
import { listWebhooks, lockWebhook } from './store.ts'

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

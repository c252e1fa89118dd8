/** The only way to a webhook: through its owner. Throws `not-found` alike for another owner's and for a missing one. */
import { commonProblem, requireUser } from '@octet/contracts'
import type { Tx } from '@octet/db'
import type { WebhookContext } from './context.ts'
import type { WebhookRow } from './rules.ts'
import * as store from './store.ts'

/** A webhook of the actor's. */
export async function accessWebhook({ db, actor }: WebhookContext, id: string): Promise<WebhookRow> {
  const [webhook] = await store.listWebhooks(db, requireUser(actor).userId, id)
  if (webhook === undefined) throw commonProblem('not-found')
  return webhook
}

/** The same, locked until the transaction ends. */
export async function accessWebhookForUpdate({ actor }: WebhookContext, tx: Tx, id: string): Promise<WebhookRow> {
  const webhook = await store.lockWebhook(tx, requireUser(actor).userId, id)
  if (webhook === undefined) throw commonProblem('not-found')
  return webhook
}

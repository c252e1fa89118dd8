import type { Input } from '@octet/contracts'
import type { links } from '@octet/contracts/links'
import type { LinksContext } from '../context.ts'
import { accessWebhook } from './access.ts'
import * as webhookStore from './store.ts'

/** Deletes a webhook with its queue and its log. */
export async function deleteWebhook(ctx: LinksContext, input: Input<typeof links, 'deleteWebhook'>): Promise<object> {
  await webhookStore.deleteWebhook(ctx.db, (await accessWebhook(ctx.db, ctx.actor, input.id)).id)
  return {}
}

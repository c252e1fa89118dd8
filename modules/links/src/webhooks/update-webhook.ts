import { commonProblem, type Input } from '@octet/contracts'
import type { links, Webhook } from '@octet/contracts/links'
import type { LinksContext } from '../context.ts'
import { checkDestination } from '../domains/check-destination.ts'
import { accessWebhookForUpdate } from './access.ts'
import { type WebhookRow, webhookOf } from './rules.ts'
import * as webhookStore from './store.ts'

/** Changes what the input names. What waited while it was off is sent once it is on. Throws `url-not-allowed`. */
export async function updateWebhook(ctx: LinksContext, input: Input<typeof links, 'updateWebhook'>): Promise<Webhook> {
  if (input.url !== undefined) await checkDestination(ctx, input.url)
  const saved = await ctx.db.transaction('links.updateWebhook', async tx => {
    const row = await accessWebhookForUpdate(tx, ctx.actor, input.id)
    if (ctx.request.ifMatch !== undefined && ctx.request.ifMatch !== row.version) {
      throw commonProblem('version-mismatch')
    }
    const { url = row.url, events = row.events, description = row.description } = input
    const updated_at = new Date(ctx.now()).toISOString()
    return webhookStore.saveWebhook(tx, {
      ...switched(row, input.isEnabled, updated_at),
      url,
      events,
      description,
      updated_at,
    })
  })
  return webhookOf(saved, ctx.now())
}

function switched(row: WebhookRow, isEnabled: boolean | undefined, at: string): WebhookRow {
  if (isEnabled === undefined || isEnabled === (row.disabled_at === null)) return row
  if (!isEnabled) return { ...row, disabled_at: at, disabled_reason: 'owner' }
  return { ...row, disabled_at: null, disabled_reason: null, failing_since: null }
}

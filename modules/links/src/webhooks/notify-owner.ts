/** Mails the owner of a webhook that was disabled. */
import type { links } from '@octet/contracts/links'
import type { EventData, Tx } from '@octet/db'
import type { LinksContext } from '../context.ts'
import { webhooks } from './webhooks.ts'

type Disabled = EventData<typeof links, 'webhook-disabled'>

/** On `links.webhook-disabled`: enqueues the mail as a job, because it calls identity. */
export async function notifyOwner(ctx: LinksContext, tx: Tx, { webhookId, ownerId, reason }: Disabled): Promise<void> {
  await ctx.jobs.enqueue(tx, 'links.mail-owner', { webhookId, ownerId, reason })
}

/** Sends the mail, once for each time the webhook was disabled. */
export async function mailOwner(ctx: LinksContext, payload: unknown): Promise<void> {
  const { webhookId, ownerId, reason } = payload as Disabled
  const webhook = await webhooks.find(ctx, ownerId, webhookId)
  if (webhook === undefined || webhook.isEnabled) return
  const { host } = new URL(webhook.url)
  const why = {
    gone: {
      en: 'It answered that it no longer exists (410).',
      de: 'Er hat geantwortet, dass es ihn nicht mehr gibt (410).',
    },
    failing: { en: 'Deliveries have failed for days.', de: 'Seit Tagen kam nichts mehr bei ihm an.' },
  }[reason]
  const path = '/links'
  await ctx.calls.identity.mailUser(
    {
      userId: ownerId,
      kind: 'webhook-disabled',
      text: {
        en: {
          subject: 'A webhook was disabled',
          lines: [`Your webhook at ${host} was disabled. ${why.en}`, 'Enable it again once it works.'],
          action: { label: 'View your webhooks', path },
        },
        de: {
          subject: 'Ein Webhook wurde abgeschaltet',
          lines: [`Dein Webhook bei ${host} wurde abgeschaltet. ${why.de}`, 'Geht er wieder, schalte ihn ein.'],
          action: { label: 'Webhooks ansehen', path },
        },
      },
    },
    { idempotencyKey: `webhook-disabled ${webhookId} ${webhook.updatedAt}` },
  )
}

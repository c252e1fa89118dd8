/** Tells the owner of a webhook that it was switched off: nobody else would notice. */
import type { links } from '@octet/contracts/links'
import type { EventData, Tx } from '@octet/db'
import type { LinksContext } from '../context.ts'
import { webhooks } from './webhooks.ts'

type Disabled = EventData<typeof links, 'webhook-disabled'>

/** On `links.webhook-disabled`: another module is asked, so a job does it. */
export async function tellOwner(ctx: LinksContext, tx: Tx, { webhookId, ownerId, reason }: Disabled): Promise<void> {
  await ctx.jobs.enqueue(tx, 'links.mail-owner', { webhookId, ownerId, reason })
}

/** Sends the mail; once for each time it was switched off. */
export async function mailOwner(ctx: LinksContext, payload: unknown): Promise<void> {
  const { webhookId, ownerId, reason } = payload as Disabled
  const webhook = await webhooks.find(ctx, ownerId, webhookId)
  if (webhook === undefined || webhook.isEnabled) return
  const { host } = new URL(webhook.url)
  const why = {
    gone: {
      en: 'It answered that it is gone for good (410).',
      de: 'Er hat geantwortet, dass es ihn nicht mehr gibt (410).',
    },
    failing: { en: 'Nothing got through to it for days.', de: 'Seit Tagen kam nichts mehr bei ihm an.' },
  }[reason]
  const path = '/links'
  await ctx.calls.identity.mailUser(
    {
      userId: ownerId,
      kind: 'webhook-disabled',
      text: {
        en: {
          subject: 'A webhook was switched off',
          lines: [`Your webhook at ${host} was switched off. ${why.en}`, 'Once it works again, switch it on.'],
          action: { label: 'Look at your webhooks', path },
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

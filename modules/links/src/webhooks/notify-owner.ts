/** Mails the owner of a webhook that was disabled. */
import { links } from '@octet/contracts/links'
import type { Tx } from '@octet/db'
import { job, type PayloadOf } from '@octet/jobs'
import type { LinksContext } from '../context.ts'
import { webhooks } from './webhooks.ts'

export const mailOwnerJob = job('links.mail-owner', links.events['webhook-disabled'].data)

type Disabled = PayloadOf<typeof mailOwnerJob>

/** On `links.webhook-disabled`: enqueues the mail as a job, because it calls identity. */
export async function notifyOwner(ctx: LinksContext, tx: Tx, disabled: Disabled): Promise<void> {
  await ctx.jobs.enqueue(tx, mailOwnerJob, disabled)
}

/** Sends the mail, once for each time the webhook was disabled. */
export async function mailOwner(ctx: LinksContext, { webhookId, ownerId, reason }: Disabled): Promise<void> {
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

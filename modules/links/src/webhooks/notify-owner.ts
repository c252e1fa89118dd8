/** Notifies the owner of a webhook that was disabled because no message gets through. */
import { Id } from '@octet/contracts'
import { links } from '@octet/contracts/links'
import type { EventData, Tx } from '@octet/db'
import { notification } from '@octet/kernel'
import { Type } from 'typebox'
import type { LinksContext } from '../context.ts'
import { webhooks } from './webhooks.ts'

const { reason } = links.events['webhook-disabled'].data.properties

const why = {
  gone: {
    en: 'It answered that it no longer exists (410).',
    de: 'Er hat geantwortet, dass es ihn nicht mehr gibt (410).',
  },
  failing: { en: 'Deliveries have failed for days.', de: 'Seit Tagen kam nichts mehr bei ihm an.' },
}

export const webhookDisabled = notification(
  Type.Object({ webhookId: Id, host: Type.String(), reason, disabledAt: Type.String() }),
  {
    name: 'webhook-disabled',
    purpose: 'activity',
    example: {
      webhookId: '0192f0c1-0000-7000-8000-000000000001',
      host: 'hooks.example.org',
      reason: 'failing',
      disabledAt: '2026-11-30T20:00:00.000Z',
    },
    path: () => '/links',
    text: {
      en: ({ host, reason }) => ({
        subject: 'A webhook was disabled',
        lines: [`Your webhook at ${host} was disabled. ${why[reason].en}`, 'Enable it again once it works.'],
        action: 'View your webhooks',
      }),
      de: ({ host, reason }) => ({
        subject: 'Ein Webhook wurde abgeschaltet',
        lines: [`Dein Webhook bei ${host} wurde abgeschaltet. ${why[reason].de}`, 'Geht er wieder, schalte ihn ein.'],
        action: 'Webhooks ansehen',
      }),
    },
    // Dropped when the owner has enabled or deleted the webhook meanwhile.
    async isCurrent(ctx: LinksContext, { userId, data: { webhookId, disabledAt } }) {
      return (await webhooks.findDisabled(ctx.db, userId, webhookId))?.disabledAt === disabledAt
    },
  },
)

/** On `links.webhook-disabled`: notifies the owner, once for each time the webhook is disabled. */
export async function notifyOwner(
  ctx: LinksContext,
  tx: Tx,
  { webhookId, ownerId, reason }: EventData<typeof links, 'webhook-disabled'>,
): Promise<void> {
  const webhook = await webhooks.findDisabled(tx, ownerId, webhookId)
  if (webhook === undefined) return
  const { url, disabledAt } = webhook
  await ctx.notify(tx, webhookDisabled, {
    userId: ownerId,
    key: `${webhookId} ${disabledAt}`,
    data: { webhookId, host: new URL(url).host, reason, disabledAt },
  })
}

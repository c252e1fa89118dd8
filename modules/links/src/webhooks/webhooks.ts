/** The webhooks of links: platform/webhooks with the events of links. */
import { problemsOf } from '@octet/contracts'
import { links, type WebhookEvent } from '@octet/contracts/links'
import { createWebhooks } from '@octet/webhooks'
import type { LinksContext } from '../context.ts'
import { checkDestination } from '../domains/check-destination.ts'

export const webhooks = createWebhooks<typeof links, LinksContext, WebhookEvent>({
  module: 'links',
  problem: problemsOf(links),
  checkUrl: checkDestination,
  onDisabled: (_ctx, tx, disabled) => tx.publish('webhook-disabled', { ...disabled }),
})

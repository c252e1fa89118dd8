/** Webhooks: events of links for other programs. */
import { access } from '../access.ts'
import { webhookOperationsOf } from '../webhooks.ts'
import { Url } from './shapes.ts'

const webhookEvents = ['link.created', 'link.updated', 'link.deleted', 'link.clicked', 'link.expired'] as const
export type WebhookEvent = (typeof webhookEvents)[number]

export const webhookOperations = webhookOperationsOf({
  module: 'links',
  subject: 'your links',
  events: webhookEvents,
  url: Url,
  read: access.user('links:read'),
  write: access.user('links:write'),
})

/** Telling other programs what happens to links. Messages are signed as Standard Webhooks says. */
import { type Static, Type } from 'typebox'
import { access } from '../access.ts'
import { closed, Id, listOf, Nothing, nullable, operation, page, Time } from '../define.ts'
import { Url } from './shapes.ts'

const webhookEvents = ['link.created', 'link.updated', 'link.deleted', 'link.clicked', 'link.expired'] as const
export type WebhookEvent = (typeof webhookEvents)[number]

const Events = Type.Array(Type.Enum([...webhookEvents]), { minItems: 1, maxItems: 10, uniqueItems: true })
const Description = Type.String({ maxLength: 200 })

export const Webhook = closed({
  id: Id,
  url: Type.String(),
  description: Type.String(),
  events: Type.Array(Type.String()),
  isEnabled: Type.Boolean(),
  /** `gone`: it answered 410. `failing`: nothing got through for three days. */
  disabledReason: nullable(Type.Enum(['owner', 'gone', 'failing'])),
  failingSince: nullable(Time),
  /** Messages that were lost because too many waited. */
  dropped: Type.Integer(),
  /** Until then messages carry a signature by the secret before as well. */
  oldSecretUntil: nullable(Time),
  createdAt: Time,
  updatedAt: Time,
  version: Type.Integer(),
})
export type Webhook = Static<typeof Webhook>

const Secret = Type.String({ description: 'whsec_…; shown once' })

export const Delivery = closed({
  id: Id,
  event: Type.String(),
  state: Type.Enum(['pending', 'delivered', 'failed']),
  attempts: Type.Integer(),
  /** When it is tried next; null unless pending. */
  nextAttemptAt: nullable(Time),
  createdAt: Time,
})
export type Delivery = Static<typeof Delivery>

export const DeliveryDetails = closed({
  ...Delivery.properties,
  body: Type.String({ description: 'what was, or will be, sent' }),
  log: Type.Array(
    closed({
      attempt: Type.Integer(),
      at: Time,
      durationMs: Type.Integer(),
      status: nullable(Type.Integer()),
      error: nullable(Type.String()),
      response: Type.String({ description: 'the beginning of the answer' }),
    }),
  ),
})
export type DeliveryDetails = Static<typeof DeliveryDetails>

const ofDelivery = closed({ id: Id, deliveryId: Id })

export const webhookOperations = {
  listWebhooks: operation({
    summary: 'Your webhooks',
    http: 'GET /links/webhooks',
    access: access.user('links:read'),
    input: closed({}),
    output: closed({ data: Type.Array(Webhook) }),
    problems: [],
    retry: 'safe',
    timeoutMs: 5_000,
  }),
  createWebhook: operation({
    summary: 'Have an address called when something happens to your links; the answer holds the secret, once',
    http: 'POST /links/webhooks',
    status: 201,
    access: access.user('links:write'),
    input: closed({ url: Url, events: Events, description: Type.Optional(Description) }),
    output: closed({ webhook: Webhook, secret: Secret }),
    problems: ['links.url-not-allowed', 'links.too-many'],
    // Not keyed: the remembered answer would keep the secret readable.
    retry: 'never',
    timeoutMs: 5_000,
  }),
  updateWebhook: operation({
    summary: 'Change, switch off or switch on a webhook',
    http: 'PATCH /links/webhooks/:id',
    access: access.user('links:write'),
    input: closed({
      id: Id,
      url: Type.Optional(Url),
      events: Type.Optional(Events),
      description: Type.Optional(Description),
      isEnabled: Type.Optional(Type.Boolean()),
    }),
    output: Webhook,
    problems: ['links.url-not-allowed'],
    retry: 'safe',
    timeoutMs: 5_000,
    versioned: true,
  }),
  deleteWebhook: operation({
    summary: 'Delete a webhook and its log',
    http: 'DELETE /links/webhooks/:id',
    status: 204,
    access: access.user('links:write'),
    input: closed({ id: Id }),
    output: Nothing,
    problems: [],
    retry: 'safe',
    timeoutMs: 10_000,
  }),
  rotateWebhookSecret: operation({
    summary: 'Get a new secret; the one before goes on signing beside it for a day',
    http: 'POST /links/webhooks/:id/secret',
    access: access.user('links:write'),
    input: closed({ id: Id }),
    output: closed({ webhook: Webhook, secret: Secret }),
    problems: [],
    retry: 'never',
    timeoutMs: 5_000,
  }),
  pingWebhook: operation({
    summary: 'Send a test message',
    http: 'POST /links/webhooks/:id/ping',
    status: 202,
    access: access.user('links:write'),
    input: closed({ id: Id }),
    output: Delivery,
    problems: ['links.webhook-disabled', 'links.too-many'],
    retry: 'never',
    timeoutMs: 5_000,
    limits: [{ by: 'account', max: 60, windowMs: 60_000 }],
  }),
  listWebhookDeliveries: operation({
    summary: 'Messages of the last 30 days, newest first',
    http: 'GET /links/webhooks/:id/deliveries',
    access: access.user('links:read'),
    input: closed({ id: Id, ...page, state: Type.Optional(Type.Enum(['pending', 'delivered', 'failed'])) }),
    output: listOf(Delivery),
    problems: [],
    retry: 'safe',
    timeoutMs: 5_000,
  }),
  getWebhookDelivery: operation({
    summary: 'One message with every attempt to deliver it',
    http: 'GET /links/webhooks/:id/deliveries/:deliveryId',
    access: access.user('links:read'),
    input: ofDelivery,
    output: DeliveryDetails,
    problems: [],
    retry: 'safe',
    timeoutMs: 5_000,
  }),
  resendWebhookDelivery: operation({
    summary: 'Send a message again, with the id it had',
    http: 'POST /links/webhooks/:id/deliveries/:deliveryId/resend',
    status: 202,
    access: access.user('links:write'),
    input: ofDelivery,
    output: Delivery,
    problems: ['links.webhook-disabled'],
    retry: 'safe',
    timeoutMs: 5_000,
    limits: [{ by: 'account', max: 60, windowMs: 60_000 }],
  }),
}

/**
 * The contract of every module with webhooks: other programs receive its events. Messages are signed according to
 * Standard Webhooks.
 */
import { type Static, type TSchema, Type } from 'typebox'
import type { Access } from './access.ts'
import { closed, Id, listOf, Nothing, nullable, operation, page, Time } from './define.ts'

export const Webhook = closed({
  id: Id,
  url: Type.String(),
  description: Type.String(),
  events: Type.Array(Type.String()),
  isEnabled: Type.Boolean(),
  /** `gone`: the receiver answered 410. `failing`: no message was delivered for three days. */
  disabledReason: nullable(Type.Enum(['owner', 'gone', 'failing'])),
  failingSince: nullable(Time),
  /** Messages dropped because too many were waiting. */
  dropped: Type.Integer(),
  /** Until then messages are also signed with the previous secret. */
  oldSecretUntil: nullable(Time),
  createdAt: Time,
  updatedAt: Time,
  version: Type.Integer(),
})
export type Webhook = Static<typeof Webhook>

const Secret = Type.String({ description: 'whsec_…; shown once' })
const Description = Type.String({ maxLength: 200 })

export const WebhookDelivery = closed({
  id: Id,
  event: Type.String(),
  state: Type.Enum(['pending', 'delivered', 'failed']),
  attempts: Type.Integer(),
  /** Time of the next attempt; null unless pending. */
  nextAttemptAt: nullable(Time),
  createdAt: Time,
})
export type WebhookDelivery = Static<typeof WebhookDelivery>

export const WebhookDeliveryDetails = closed({
  ...WebhookDelivery.properties,
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
export type WebhookDeliveryDetails = Static<typeof WebhookDeliveryDetails>

const ofDelivery = closed({ id: Id, deliveryId: Id })

export interface WebhookContractOptions<Events extends readonly string[], Url extends TSchema> {
  /** Name of the module. Its contract has the problems `url-not-allowed`, `too-many` and `webhook-disabled`. */
  readonly module: string
  /** The objects of the events: `your links`. */
  readonly subject: string
  readonly events: Events
  readonly url: Url
  readonly read: Access
  readonly write: Access
}

/** The nine operations of a module's webhooks, below `/<module>/webhooks`. */
export function webhookOperationsOf<const Events extends readonly string[], Url extends TSchema>({
  module,
  subject,
  events,
  url,
  read,
  write,
}: WebhookContractOptions<Events, Url>) {
  const path = `/${module}/webhooks` as const
  const problem = (key: string) => `${module}.${key}`
  const EventName = Type.Unsafe<Events[number]>(Type.Enum([...events]))
  const EventNames = Type.Array(EventName, { minItems: 1, maxItems: 10, uniqueItems: true })
  return {
    listWebhooks: operation({
      summary: 'Your webhooks',
      http: `GET ${path}`,
      access: read,
      input: closed({}),
      output: closed({ data: Type.Array(Webhook) }),
      problems: [],
      retry: 'safe',
      timeoutMs: 5_000,
    }),
    createWebhook: operation({
      summary: `Have an address called when something happens to ${subject}; the answer holds the secret, once`,
      http: `POST ${path}`,
      status: 201,
      access: write,
      input: closed({ url, events: EventNames, description: Type.Optional(Description) }),
      output: closed({ webhook: Webhook, secret: Secret }),
      problems: [problem('url-not-allowed'), problem('too-many')],
      // Not keyed: the stored answer would keep the secret readable.
      retry: 'never',
      timeoutMs: 5_000,
    }),
    updateWebhook: operation({
      summary: 'Change, switch off or switch on a webhook',
      http: `PATCH ${path}/:id`,
      access: write,
      input: closed({
        id: Id,
        url: Type.Optional(url),
        events: Type.Optional(EventNames),
        description: Type.Optional(Description),
        isEnabled: Type.Optional(Type.Boolean()),
      }),
      output: Webhook,
      problems: [problem('url-not-allowed')],
      retry: 'safe',
      timeoutMs: 5_000,
      versioned: true,
    }),
    ...retiringOperations({ path, write }),
    ...deliveryOperations({ path, read, write, problem }),
  }
}

function retiringOperations({ path, write }: Pick<DeliveryOptions, 'path' | 'write'>) {
  return {
    deleteWebhook: operation({
      summary: 'Delete a webhook and its log',
      http: `DELETE ${path}/:id`,
      status: 204,
      access: write,
      input: closed({ id: Id }),
      output: Nothing,
      problems: [],
      retry: 'safe',
      timeoutMs: 10_000,
    }),
    rotateWebhookSecret: operation({
      summary: 'Rotate the secret; the previous one also signs for a day',
      http: `POST ${path}/:id/secret`,
      access: write,
      input: closed({ id: Id }),
      output: closed({ webhook: Webhook, secret: Secret }),
      problems: [],
      retry: 'never',
      timeoutMs: 5_000,
    }),
  }
}

interface DeliveryOptions {
  readonly path: `/${string}`
  readonly read: Access
  readonly write: Access
  readonly problem: (key: string) => string
}

function deliveryOperations({ path, read, write, problem }: DeliveryOptions) {
  return {
    pingWebhook: operation({
      summary: 'Send a test message',
      http: `POST ${path}/:id/ping`,
      status: 202,
      access: write,
      input: closed({ id: Id }),
      output: WebhookDelivery,
      problems: [problem('webhook-disabled'), problem('too-many')],
      retry: 'never',
      timeoutMs: 5_000,
      limits: [{ by: 'account', max: 60, windowMs: 60_000 }],
    }),
    listWebhookDeliveries: operation({
      summary: 'Messages of the last 30 days, newest first',
      http: `GET ${path}/:id/deliveries`,
      access: read,
      input: closed({ id: Id, ...page, state: Type.Optional(Type.Enum(['pending', 'delivered', 'failed'])) }),
      output: listOf(WebhookDelivery),
      problems: [],
      retry: 'safe',
      timeoutMs: 5_000,
    }),
    getWebhookDelivery: operation({
      summary: 'One message with every attempt to deliver it',
      http: `GET ${path}/:id/deliveries/:deliveryId`,
      access: read,
      input: ofDelivery,
      output: WebhookDeliveryDetails,
      problems: [],
      retry: 'safe',
      timeoutMs: 5_000,
    }),
    resendWebhookDelivery: operation({
      summary: 'Send a message again with its original id',
      http: `POST ${path}/:id/deliveries/:deliveryId/resend`,
      status: 202,
      access: write,
      input: ofDelivery,
      output: WebhookDelivery,
      problems: [problem('webhook-disabled')],
      retry: 'safe',
      timeoutMs: 5_000,
      limits: [{ by: 'account', max: 60, windowMs: 60_000 }],
    }),
  }
}

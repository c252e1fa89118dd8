/** What webhooks need of their module, and the use cases they give it. */
import type {
  Contract,
  Principal,
  Problem,
  ProblemDetails,
  Webhook,
  WebhookDelivery,
  WebhookDeliveryDetails,
} from '@octet/contracts'
import type { Db, Tx } from '@octet/db'
import type { Jobs } from '@octet/jobs'
import type { Page, RequestInfo } from '@octet/kernel'
import type { Outbound } from '@octet/outbound'
import type { Secrets } from '@octet/secrets'

/** What the module's context must have. */
export interface WebhookContext {
  readonly actor: Principal
  readonly request: RequestInfo
  readonly db: Db
  readonly now: () => number
  readonly jobs: Pick<Jobs, 'enqueue'>
  readonly outbound: Outbound
  readonly secrets: Secrets
}

export interface Disabled {
  readonly webhookId: string
  readonly ownerId: string
  readonly reason: 'gone' | 'failing'
}

export interface WebhooksOptions<C extends Contract, Ctx extends WebhookContext> {
  /** Name of the module; its jobs begin with it. */
  readonly module: string
  /** `problemsOf(contract)` of a contract with these problems. */
  readonly problem: (key: 'too-many' | 'webhook-disabled', details?: ProblemDetails) => Problem
  /** Throws when a message must not be sent to that address. */
  readonly checkUrl: (ctx: Ctx, url: string) => Promise<void>
  /** A webhook was switched off because nothing gets through: publish it, so that its owner is notified. */
  readonly onDisabled: (ctx: Ctx, tx: Tx<C>, disabled: Disabled) => Promise<void>
}

type OfWebhook = { readonly id: string }
type OfDelivery = { readonly id: string; readonly deliveryId: string }
type Changeable = { readonly url: string; readonly events: readonly string[]; readonly description: string }
interface WithSecret {
  webhook: Webhook
  secret: string
}

interface DeliveryPage {
  readonly limit?: number
  readonly cursor?: string
  readonly include?: 'total'
  readonly state?: WebhookDelivery['state']
}

/** Use cases of the operations that `webhookOperations` (contracts) declares. */
export interface WebhookUseCases<Ctx> {
  listWebhooks(ctx: Ctx, input: object): Promise<{ data: Webhook[] }>
  createWebhook(
    ctx: Ctx,
    input: Omit<Changeable, 'description'> & { readonly description?: string },
  ): Promise<WithSecret>
  updateWebhook(ctx: Ctx, input: OfWebhook & Partial<Changeable> & { readonly isEnabled?: boolean }): Promise<Webhook>
  deleteWebhook(ctx: Ctx, input: OfWebhook): Promise<object>
  rotateWebhookSecret(ctx: Ctx, input: OfWebhook): Promise<WithSecret>
  pingWebhook(ctx: Ctx, input: OfWebhook): Promise<WebhookDelivery>
  listWebhookDeliveries(ctx: Ctx, input: OfWebhook & DeliveryPage): Promise<Page<WebhookDelivery>>
  getWebhookDelivery(ctx: Ctx, input: OfDelivery): Promise<WebhookDeliveryDetails>
  resendWebhookDelivery(ctx: Ctx, input: OfDelivery): Promise<WebhookDelivery>
}

/** Webhooks of one module, put together: its operations, its jobs, its tables, and how it publishes. */
import type { Contract } from '@octet/contracts'
import { each, type Queryable, type Tx } from '@octet/db'
import type { Capability } from '@octet/kernel'
import type { WebhookContext, WebhooksOptions, WebhookUseCases } from './context.ts'
import { createDelivery } from './deliver.ts'
import { createLog } from './log.ts'
import { createManagement } from './manage.ts'
import { createPublisher } from './publish.ts'
import { webhookOf } from './rules.ts'
import * as store from './store.ts'

interface Happening<Event extends string> {
  /** `null`: the object has no owner, so no webhooks. */
  readonly ownerId: string | null
  readonly event: Event
  readonly data: object
}

interface DisabledWebhook {
  readonly url: string
  readonly disabledAt: string
}

export interface Webhooks<Ctx, Event extends string> {
  readonly operations: WebhookUseCases<Ctx>
  /** Tables, jobs and what is owed to people: for `defineModule`. */
  readonly capability: Capability<Ctx>
  /** Queues a message for every webhook of the owner that subscribes to the event, if and only if `tx` commits. */
  publish(ctx: Ctx, tx: Tx, happening: Happening<Event>): Promise<void>
  /** Queues a message for one webhook. When too many wait, the message is dropped and counted. */
  queue(ctx: Ctx, tx: Tx, message: { webhookId: string; event: Event; data: object }): Promise<void>
  /** A webhook of the owner that is disabled; `undefined` when it is enabled or gone. */
  findDisabled(db: Queryable, ownerId: string, id: string): Promise<DisabledWebhook | undefined>
}

/** The webhooks of a module whose events are `Event`. */
export function createWebhooks<C extends Contract, Ctx extends WebhookContext, Event extends string>(
  options: WebhooksOptions<C, Ctx>,
): Webhooks<Ctx, Event> {
  const publisher = createPublisher(options)
  const delivery = createDelivery(options)
  return {
    operations: { ...createManagement(options), ...createLog(options, publisher) },
    capability: {
      name: 'webhooks',
      migrations: new URL('../migrations/', import.meta.url),
      privacy: {
        columns,
        async *exportUser({ db, now }, userId) {
          const rows = await store.listWebhooks(db, userId)
          yield { path: 'webhooks.jsonl', rows: rows.map(row => webhookOf(row, now())) }
        },
        async eraseUser(_ctx, tx, userId) {
          await store.deleteWebhooksOf(tx, userId)
          return 'done'
        },
        verifyErased: ({ db }, userId) => store.countWebhooksOf(db, userId),
      },
      jobs: delivery.jobs,
    },
    async publish(ctx, tx, { ownerId, event, data }) {
      if (ownerId === null) return
      const subscribers = await store.subscribersOf(tx, ownerId, event)
      for (const { id: webhookId } of subscribers) await publisher.queue(ctx, tx, { webhookId, event, data })
    },
    async queue(ctx, tx, message) {
      await publisher.queue(ctx, tx, message)
    },
    async findDisabled(db, ownerId, id) {
      const [row] = await store.listWebhooks(db, ownerId, id)
      const disabledAt = row?.disabled_at ?? null
      return row === undefined || disabledAt === null ? undefined : { url: row.url, disabledAt }
    },
  }
}

const columns = {
  webhooks: {
    ...each('delete', 'id', 'owner_id', 'url', 'description', 'events', 'secret', 'old_secret', 'old_secret_until'),
    ...each('delete', 'failing_since', 'disabled_at', 'disabled_reason', 'dropped', 'version'),
    ...each('delete', 'created_at', 'updated_at'),
  },
  webhook_deliveries: {
    ...each('delete', 'id', 'webhook_id', 'event', 'body', 'state', 'attempts', 'due_at', 'leased_until'),
    ...each('delete', 'created_at'),
  },
  webhook_attempts: {
    ...each('delete', 'delivery_id', 'attempt', 'at', 'duration_ms', 'status', 'error', 'response'),
  },
}

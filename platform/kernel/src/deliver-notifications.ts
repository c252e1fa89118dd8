/** The way of a notification from its module to the module that delivers it, which may be in another process. */
import { createHash } from 'node:crypto'
import { type Contract, Problem } from '@octet/contracts'
import type { Language } from '@octet/mail'
import { clientOf, type Transport } from './calls.ts'
import type { RequestInfo } from './invoke.ts'
import type { AnyModule } from './module.ts'
import {
  type AnyNotificationKind,
  type DeliverNotification,
  deliveryKey,
  type Notification,
  type NotificationKind,
  notifyJob,
  type Waiting,
  type WrittenText,
} from './notification.ts'
import { type ModuleJob, onJob } from './work.ts'

const subjectLengthMax = 200
const lineLengthMax = 1_000
const timeoutMs = 15_000
/**
 * From a second up to 15 minutes: about two hours, so that a restart of the delivering process delays notifications and
 * loses none. It must stay below the 24 hours for which an idempotency key is remembered.
 */
const attemptsMax = 18
const backoff = { firstMs: 1_000, maxMs: 15 * 60_000 }

interface DeliveryContext {
  readonly request: RequestInfo
}

/**
 * The job by which `sender` delivers its notifications; `undefined` when it declares none.
 * @throws Error when the number of modules that deliver notifications is not one.
 */
export function notificationJob(
  sender: AnyModule,
  { modules, call }: { readonly modules: readonly AnyModule[]; readonly call: Transport },
): ModuleJob<DeliveryContext> | undefined {
  const kinds = (sender.notifications ?? []) as readonly AnyNotificationKind[]
  if (kinds.length === 0) return undefined
  const module = sender.contract.name as string
  const { contract, deliverNotification } = delivererAmong(modules, module)
  const byName = new Map(kinds.map(kind => [kind.name, kind as NotificationKind<unknown, unknown>]))
  return onJob(
    notifyJob(module, kinds),
    async (ctx: DeliveryContext, waiting) => {
      const { userId, data } = waiting
      const kind = byName.get(waiting.kind)
      if (kind === undefined) throw new Error(`${module} has no notification "${waiting.kind}"`)
      if ((await kind.isCurrent?.(ctx, { userId, data })) === false) return
      const client = clientOf(contract, call, { ...ctx.request, caller: module })
      const written = { module, kind: kind.name, purpose: kind.purpose, userId, text: write(kind, data) }
      await handOver(() => deliverNotification(client, written, { idempotencyKey: idempotencyKeyOf(waiting) }))
    },
    { timeoutMs, attemptsMax, backoff },
  )
}

/**
 * A digest: the delivering module keeps the key for a day, and a delivery may come after the erasure of its recipient,
 * so the key must not name the person.
 */
function idempotencyKeyOf(waiting: Waiting): string {
  return createHash('sha256').update(deliveryKey(waiting)).digest('base64url')
}

/**
 * An attempt whose answer was lost is repeated under its key. If the text has changed since, because of a new release,
 * the key is refused: the notification was delivered with the earlier text.
 */
async function handOver(deliver: () => Promise<unknown>): Promise<void> {
  try {
    await deliver()
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'idempotency-key-reused') throw error
  }
}

/** The notification in both languages, because only the delivering module knows which one its recipient reads. */
export function write<Data>(kind: NotificationKind<never, Data>, data: Data): Notification['text'] {
  const path = kind.path(data)
  const writeIn = (language: Language): WrittenText => {
    const { subject, lines, action } = kind.text[language](data)
    return {
      subject: clip(subject, subjectLengthMax),
      lines: lines.map(line => clip(line, lineLengthMax)),
      action: { label: action, path },
    }
  }
  return { en: writeIn('en'), de: writeIn('de') }
}

function clip(text: string, lengthMax: number): string {
  return text.slice(0, lengthMax).toWellFormed()
}

function delivererAmong(modules: readonly AnyModule[], sender: string) {
  const deliverers = modules.flatMap(({ contract, deliverNotification }) =>
    deliverNotification === undefined ? [] : [{ contract: contract as Contract, deliverNotification }],
  )
  const [deliverer] = deliverers
  if (deliverer === undefined) throw new Error(`${sender} sends notifications, but no module delivers them`)
  if (deliverers.length > 1) {
    const names = deliverers.map(({ contract }) => contract.name).join(', ')
    throw new Error(`one module delivers notifications, but these do: ${names}`)
  }
  return deliverer as { contract: Contract; deliverNotification: DeliverNotification<Contract> }
}

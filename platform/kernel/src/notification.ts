/**
 * What a module tells a person. The module declares its kinds of notification and sends them in its transactions. The
 * platform brings each one to the module that delivers notifications, so senders know nothing of mail or any other way.
 */
import { type CallOptions, type ClientOf, type Contract, Id } from '@octet/contracts'
import type { Tx } from '@octet/db'
import { type Job, type Jobs, job } from '@octet/jobs'
import type { Language } from '@octet/mail'
import { type Static, type TSchema, Type } from 'typebox'

/** A notification in one language, as plain text. `action` is the label of the link. */
export interface NotificationText {
  readonly subject: string
  readonly lines: readonly string[]
  readonly action: string
}

/** What a notification is about: its recipient, and the data that its kind declares. */
export interface About<Data> {
  readonly userId: string
  readonly data: Data
}

interface Declaration<Ctx, Data> {
  /** `webhook-disabled`. Stored with waiting notifications: declare another kind rather than rename one. */
  readonly name: string
  /** A person may mute `activity`. What concerns the safety of the account is `security` and is always delivered. */
  readonly purpose: 'activity' | 'security'
  /** Believable data, for previews and for the checks of the texts. */
  readonly example: Data
  /** Where the link leads: a path of this installation. */
  readonly path: (data: Data) => `/${string}`
  readonly text: { readonly [L in Language]: (data: Data) => NotificationText }
  /**
   * Asked before every attempt at delivery, which is seconds after the sending or hours: false drops the notification.
   * Without it the notification holds whatever happens meanwhile.
   */
  readonly isCurrent?: (ctx: Ctx, about: About<Data>) => Promise<boolean>
}

/** A kind of notification. Made by {@link notification}. */
export interface NotificationKind<Ctx, Data> extends Omit<Declaration<Ctx, Data>, 'example'> {
  readonly example: unknown
  /** Everything that the texts name, so that a stored notification can be written in any language. */
  readonly data: TSchema
}

/** A kind whatever its data, for lists of kinds. */
export type AnyNotificationKind<Ctx = never> = NotificationKind<Ctx, never>

/**
 * Declares a kind of notification beside the use case that sends it. The module lists it in `notifications`.
 *
 *     export const shipped = notification(Type.Object({ parcelId: Id, place: Type.String() }), {
 *       name: 'parcel-shipped',
 *       …
 *     })
 */
export function notification<S extends TSchema, Ctx = unknown>(
  data: S,
  declaration: Declaration<Ctx, Static<S>>,
): NotificationKind<Ctx, Static<S>> {
  return { ...declaration, data }
}

export interface NewNotification<Data> extends About<Data> {
  /**
   * Names the event: `<object id> <time of the change>`, at most 120 printable characters. A person gets one
   * notification of a kind for each key, however often it is sent within 24 hours.
   */
  readonly key: string
}

/** Sends a notification of a kind that the module lists, if and only if `tx` commits. */
export type Notify = <Data>(
  tx: Pick<Tx, 'kind' | 'sql' | 'trace'>,
  kind: NotificationKind<never, Data>,
  sent: NewNotification<NoInfer<Data>>,
) => Promise<void>

/** A notification that waits for its delivery. */
export interface Waiting extends NewNotification<unknown> {
  readonly kind: string
}

/** A notification as the module that delivers it gets it. */
export interface Notification {
  /** The module that sends it. */
  readonly module: string
  readonly kind: string
  readonly purpose: 'activity' | 'security'
  readonly userId: string
  readonly text: { readonly [L in Language]: WrittenText }
}

export interface WrittenText {
  readonly subject: string
  readonly lines: string[]
  readonly action: { readonly label: string; readonly path: string }
}

/**
 * Hands a notification over, to be delivered once for the idempotency key in `options`. `client` reaches the delivering
 * module wherever it is served.
 */
export type DeliverNotification<C extends Contract> = (
  client: ClientOf<C>,
  notification: Notification,
  options: CallOptions,
) => Promise<unknown>

const keyPattern = /^[\x20-\x7e]{1,120}$/

/**
 * The one job that delivers notifications of a module. Its payload is one of the declared kinds: jobs refuses to run a
 * stored payload of an unknown kind, or with other data, and keeps it as a dead letter.
 */
export function notifyJob(module: string, kinds: readonly AnyNotificationKind[]): Job<Waiting> {
  const payloads = kinds.map(({ name, data }) =>
    Type.Object({ kind: Type.Literal(name), userId: Id, key: Type.String(), data }),
  )
  return job(`${module}.notify`, Type.Union(payloads)) as Job<Waiting>
}

/** The `notify` of a module's contexts. */
export function createNotify(
  { jobs, module }: { readonly jobs: Pick<Jobs, 'enqueue'>; readonly module: string },
  kinds: readonly AnyNotificationKind[],
): Notify {
  const delivery = notifyJob(module, kinds)
  const listed = new Set<unknown>(kinds)
  return async (tx, kind, { userId, key, data }) => {
    if (!listed.has(kind)) throw new Error(`${module} does not list the notification "${kind.name}"`)
    if (!keyPattern.test(key)) throw new RangeError(`a notification's key has 1 to 120 printable characters: ${key}`)
    const waiting = { kind: kind.name, userId, key, data }
    await jobs.enqueue(tx, delivery, waiting, { key: deliveryKey(waiting) })
  }
}

/** Identifies a notification among all of its module, while its job waits. */
export function deliveryKey({ kind, userId, key }: Waiting): string {
  return `${kind} ${userId} ${key}`
}

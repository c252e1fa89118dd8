/** What a contract's streams are to somebody who listens and sends. */
import type {
  Contract,
  Input,
  LogEvent,
  Output,
  StreamEvent,
  StreamKind,
  StreamPosition,
  StreamSpec,
} from '@octet/contracts'
import type { Static, TSchema } from 'typebox'

type SpecOf<C extends Contract, K extends StreamKind<C>> = NonNullable<C['streams']>[K]
type None = Record<never, never>
type CommandsOf<C extends Contract, K extends StreamKind<C>> =
  SpecOf<C, K> extends { readonly commands: infer M } ? M : None
type RelaysOf<C extends Contract, K extends StreamKind<C>> =
  SpecOf<C, K> extends { readonly relays: infer R } ? R : None

/** An event of a durable stream. `erased`: its author's account is gone, and the body with it. */
export type EventOf<C extends Contract, K extends StreamKind<C>> = Omit<LogEvent, 'type' | 'body'> &
  (StreamEvent<C, K> | { readonly type: 'erased'; readonly body: None })

type Said<T, B> = { readonly type: T; readonly body: B; readonly from?: string }

/** What is not kept: what subscribers tell one another, and the news of an ephemeral stream (which has no `from`). */
export type NewsOf<C extends Contract, K extends StreamKind<C>> =
  | { [T in keyof RelaysOf<C, K> & string]: Said<T, BodyOf<RelaysOf<C, K>[T]>> }[keyof RelaysOf<C, K> & string]
  | (SpecOf<C, K> extends { readonly durability: 'ephemeral' } & StreamSpec
      ? StreamEvent<C, K> & { from?: never }
      : never)

type BodyOf<S> = S extends TSchema ? Static<S> : never

export type RelayType<C extends Contract, K extends StreamKind<C>> = keyof RelaysOf<C, K> & string
export type RelayBody<C extends Contract, K extends StreamKind<C>, T extends RelayType<C, K>> = BodyOf<
  RelaysOf<C, K>[T]
>

export type CommandType<C extends Contract, K extends StreamKind<C>> = keyof CommandsOf<C, K> & string
type OperationOf<C extends Contract, M> = M extends { readonly operation: infer O }
  ? O extends keyof C['operations']
    ? O
    : never
  : never
type KeyOf<M> = M extends { readonly key: infer P extends string } ? P : never
/** The operation's input, without the property that the stream's key goes into and without `cmid`. */
export type CommandBody<C extends Contract, K extends StreamKind<C>, T extends CommandType<C, K>> = Omit<
  Input<C, OperationOf<C, CommandsOf<C, K>[T]>>,
  KeyOf<CommandsOf<C, K>[T]> | 'cmid'
>
export type CommandOutput<C extends Contract, K extends StreamKind<C>, T extends CommandType<C, K>> = Output<
  C,
  OperationOf<C, CommandsOf<C, K>[T]>
>

/** From where a stream is followed now, and why from there. `fresh`: there was no position to go on from. */
export interface Start extends StreamPosition {
  readonly reason: 'fresh' | 'epoch' | 'too-far-behind' | 'trimmed'
}

export interface Listener<Event = LogEvent, News = Said<string, unknown>> {
  /** Goes on after this event; without it, from the end of the log. */
  readonly from?: StreamPosition
  /**
   * Loads everything the stream's events build upon; called when there is no position to go on from, and whenever
   * that position became worthless. Events that come meanwhile wait. Returns the `seq` that what was loaded
   * includes (`undefined`: that of `start`); nothing is missed or repeated after it. Rejecting, it is called again, but
   * never before its last call has settled: give what it waits for a timeout.
   */
  readonly load?: (start: Start) => Promise<{ readonly seq: number } | undefined> | undefined
  /**
   * One event, in order, without gaps. The next is handed over when this is done, and only then counts as received.
   * If it throws or rejects, the same event comes again after a pause.
   */
  readonly on?: (event: Event) => unknown
  /** Something that is not kept; forget it after some seconds. */
  readonly onNews?: (news: News) => unknown
  /** The stream may no longer be listened to, or never could be: a problem's code. */
  readonly onEnd?: (code: string) => unknown
  /** The position, each time an event has been handed over. */
  readonly onPosition?: (position: StreamPosition) => unknown
}

/** Types of a contract's streams for subscribers and senders. */
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

/** An event of a durable stream. `erased`: its author's account was erased, and the body with it. */
export type EventOf<C extends Contract, K extends StreamKind<C>> = Omit<LogEvent, 'type' | 'body'> &
  (StreamEvent<C, K> | { readonly type: 'erased'; readonly body: None })

type Said<T, B> = { readonly type: T; readonly body: B; readonly from?: string }

/** Events that are not stored: relays between subscribers, and events of an ephemeral stream (without `from`). */
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
/** The operation's input, without the property for the stream's key and without `cmid`. */
export type CommandBody<C extends Contract, K extends StreamKind<C>, T extends CommandType<C, K>> = Omit<
  Input<C, OperationOf<C, CommandsOf<C, K>[T]>>,
  KeyOf<CommandsOf<C, K>[T]> | 'cmid'
>
export type CommandOutput<C extends Contract, K extends StreamKind<C>, T extends CommandType<C, K>> = Output<
  C,
  OperationOf<C, CommandsOf<C, K>[T]>
>

/** The position from which a stream is followed now, and why. `fresh`: there was no earlier position. */
export interface Start extends StreamPosition {
  readonly reason: 'fresh' | 'epoch' | 'too-far-behind' | 'trimmed'
}

export interface Listener<Event = LogEvent, News = Said<string, unknown>> {
  /** Continues after this event; without it, from the end of the log. */
  readonly from?: StreamPosition
  /**
   * Loads the state that the stream's events build upon; called without a position, and whenever the position becomes
   * invalid. Events wait meanwhile. Returns the `seq` that the loaded state includes (`undefined`: that of `start`);
   * nothing is missed or repeated after it. After a rejection it is called again, but never before its last call has
   * settled: give its requests a timeout.
   */
  readonly load?: (start: Start) => Promise<{ readonly seq: number } | undefined> | undefined
  /**
   * One event, in order, without gaps. The next one follows when this call is done; only then the event counts as
   * received. If it throws or rejects, the same event comes again after a pause.
   */
  readonly on?: (event: Event) => unknown
  /** An event that is not stored; drop it after some seconds. */
  readonly onNews?: (news: News) => unknown
  /** The stream may no longer be followed, or never could be: a problem's code. */
  readonly onEnd?: (code: string) => unknown
  /** The position, after each event that was passed on. */
  readonly onPosition?: (position: StreamPosition) => unknown
}

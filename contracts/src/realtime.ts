/** Frames of `/realtime`: JSON texts with a type `t`. docs/realtime.md describes the protocol. */
import { type Static, Type } from 'typebox'
import { closed } from './define.ts'

export const realtimePath = '/realtime'
/** The same streams as server-sent events, one per request. */
export const realtimeEventsPath = '/api/v1/realtime/events'
export const realtimeVersion = 1

/** Limits of one connection; `welcome` carries those that a client must know. */
export const realtimeLimits = {
  /** One frame from a client: 8,000 characters of any script with their envelope. */
  frameBytesMax: 40 * 1024,
  /** The first frame, from a client that has not authenticated yet. */
  helloBytesMax: 4 * 1024,
  helloTimeoutMs: 5_000,
  /** Streams one connection may be subscribed to. */
  streamsMax: 500,
  /** Streams in one `sub` or `hello`. */
  streamsPerFrameMax: 100,
  /** Sends of one connection that wait for their answers. */
  sendsWaitingMax: 32,
  /** Events in one `events` frame. */
  pageMax: 200,
  /** How far behind a subscription may resume; beyond that it gets `reset`. */
  replayMax: 5_000,
  /** A client pings this often; a connection that is silent for two and a half times as long is closed. */
  heartbeatMs: 25_000,
  /** How long before the end of its credential a client is asked for a new one. */
  reauthNoticeMs: 30_000,
} as const

/** Close codes beyond those of RFC 6455. */
export const closeCodes = {
  /** Normal end: no more frames will come. */
  normal: 1000,
  /** Not signed in, signed out, or the credential expired. Get a new one before reconnecting. */
  unauthenticated: 4401,
  /** Flooding. Wait before reconnecting. */
  flooding: 4429,
  /** The first frame was not a `hello` that this server understands. */
  badHello: 4400,
  /** Going away: a planned restart. Reconnect after the delay that `drain` named. */
  goingAway: 1001,
  tryAgainLater: 1013,
} as const

export const streamNamePattern = '^[a-z-]+:[a-z-]+:[A-Za-z0-9_.-]{1,100}$'
const streamName = Type.String({ minLength: 3, maxLength: 160, pattern: streamNamePattern })
const seq = Type.Integer({ minimum: 0 })
const shortText = Type.String({ minLength: 1, maxLength: 64, pattern: '^[\\x21-\\x7e]+$' })
const body = Type.Record(Type.String(), Type.Unknown())
/** The position of a client in a stream: the last event that it processed. */
export const StreamPosition = closed({ epoch: Type.String({ maxLength: 32 }), seq })
export type StreamPosition = Static<typeof StreamPosition>
const wanted = Type.Record(streamName, Type.Union([StreamPosition, Type.Null()]), {
  maxProperties: realtimeLimits.streamsPerFrameMax,
  // Otherwise a name that does not match the pattern passes, with any value.
  additionalProperties: false,
})

/** Every frame a client may send, by `t`. */
export const clientFrames = {
  hello: closed({
    t: Type.Literal('hello'),
    v: Type.Integer(),
    token: Type.Optional(Type.String({ minLength: 1, maxLength: 3_000 })),
    device: Type.Optional(shortText),
    streams: Type.Optional(wanted),
  }),
  sub: closed({ t: Type.Literal('sub'), streams: wanted }),
  unsub: closed({
    t: Type.Literal('unsub'),
    streams: Type.Array(streamName, { maxItems: realtimeLimits.streamsPerFrameMax }),
  }),
  sync: closed({
    t: Type.Literal('sync'),
    rid: shortText,
    stream: streamName,
    epoch: Type.String({ maxLength: 32 }),
    after: seq,
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: realtimeLimits.pageMax })),
  }),
  send: closed({
    t: Type.Literal('send'),
    cmid: shortText,
    csn: Type.Optional(Type.Integer({ minimum: 1 })),
    stream: streamName,
    type: shortText,
    body,
  }),
  relay: closed({ t: Type.Literal('relay'), stream: streamName, type: shortText, body }),
  auth: closed({ t: Type.Literal('auth'), token: Type.String({ minLength: 1, maxLength: 3_000 }) }),
  ping: closed({ t: Type.Literal('ping'), n: Type.Integer() }),
} as const
export type ClientFrameType = keyof typeof clientFrames
export type ClientFrameOf<T extends ClientFrameType> = Static<(typeof clientFrames)[T]>
export type ClientFrame = { [T in ClientFrameType]: ClientFrameOf<T> }[ClientFrameType]

/** One event of a durable stream. `from` is its author as the server knows them, never a claim of the client. */
export interface LogEvent {
  readonly seq: number
  readonly id: string
  readonly at: string
  readonly type: string
  readonly body: unknown
  readonly from?: string
  /** The sender's own id for it, by which the sender recognises its send. */
  readonly cmid?: string
}

/** Every frame a server sends. */
export type ServerFrame =
  | {
      readonly t: 'welcome'
      readonly v: number
      readonly connection: string
      readonly user: string
      readonly heartbeatMs: number
      /** Until the credential ends; absent when it does not end by itself. */
      readonly expiresInMs?: number
      readonly limits: { readonly frameBytesMax: number; readonly streamsMax: number; readonly sendsWaitingMax: number }
    }
  /**
   * From here on the stream is live. For a durable stream `seq` is the client's position: the next event is `seq + 1`.
   */
  | {
      readonly t: 'subscribed'
      readonly stream: string
      readonly epoch: string
      readonly seq: number
      readonly head: number
      readonly ephemeral?: true
    }
  | { readonly t: 'unsubscribed'; readonly stream: string; readonly code: string }
  | ({ readonly t: 'event'; readonly stream: string; readonly epoch: string } & LogEvent)
  | {
      readonly t: 'events'
      readonly stream: string
      readonly epoch: string
      readonly list: readonly LogEvent[]
      /** The answer to this `sync`; absent when the server replays by itself. */
      readonly rid?: string
      readonly more?: boolean
    }
  /** The client's position is invalid: drop the state built from the stream, load it again, continue from `seq`. */
  | {
      readonly t: 'reset'
      readonly stream: string
      readonly epoch: string
      readonly seq: number
      readonly reason: 'epoch' | 'too-far-behind' | 'trimmed'
      readonly rid?: string
    }
  | { readonly t: 'sent'; readonly cmid: string; readonly stream: string; readonly output: unknown }
  | {
      readonly t: 'err'
      /** The `cmid`, `rid`, stream or `t` of the answered frame. */
      readonly ref: string
      readonly code: string
      readonly detail?: string
      /** Present if a retry makes sense, and the earliest time for it. */
      readonly retryMs?: number
      /** With `out-of-turn`: `expected`, the `csn` that is next. */
      readonly data?: Readonly<Record<string, unknown>>
      readonly errors?: readonly { readonly path: string; readonly message: string }[]
    }
  | {
      readonly t: 'relay'
      readonly stream: string
      readonly type: string
      readonly body: unknown
      readonly from?: string
    }
  | { readonly t: 'heads'; readonly heads: Readonly<Record<string, number>> }
  | { readonly t: 'pong'; readonly n: number }
  | { readonly t: 'reauth'; readonly inMs: number }
  | { readonly t: 'authed'; readonly expiresInMs?: number }
  | { readonly t: 'drain'; readonly retryMs: number }

/** What travels over `/realtime`: JSON text frames, told apart by `t`. docs/realtime.md says how they work together. */
import { type Static, Type } from 'typebox'
import { closed } from './define.ts'

export const realtimePath = '/realtime'
/** The same streams as server-sent events, one a request. */
export const realtimeEventsPath = '/api/v1/realtime/events'
export const realtimeVersion = 1

/** Bounds of one connection; `welcome` carries those a client must know. */
export const realtimeLimits = {
  /** One frame from a client: 8,000 characters of any script and what is around them. */
  frameBytesMax: 40 * 1024,
  /** The first frame, from somebody who has not shown who they are. */
  helloBytesMax: 4 * 1024,
  helloTimeoutMs: 5_000,
  /** Streams one connection may be subscribed to. */
  streamsMax: 500,
  /** Streams in one `sub` or `hello`. */
  streamsPerFrameMax: 100,
  /** Sends of one connection that wait for their answer. */
  sendsWaitingMax: 32,
  /** Events in one `events` frame. */
  pageMax: 200,
  /** How far behind a subscription may resume; further behind it gets `reset`. */
  replayMax: 5_000,
  /** A client pings this often; without anything from it for two and a half times as long the connection ends. */
  heartbeatMs: 25_000,
  /** How long before the end of its credential a client is asked for a fresh one. */
  reauthNoticeMs: 30_000,
} as const

/** Close codes beyond those of RFC 6455. */
export const closeCodes = {
  /** Nothing is wrong, and nothing more will come. */
  normal: 1000,
  /** Not signed in, signed out, or the credential expired. Get a fresh one before connecting again. */
  unauthenticated: 4401,
  /** Flooding. Wait before connecting again. */
  flooding: 4429,
  /** The first frame was no `hello` this server understands. */
  badHello: 4400,
  /** Going away: a planned restart. Connect again after the delay that `drain` named. */
  goingAway: 1001,
  tryAgainLater: 1013,
} as const

export const streamNamePattern = '^[a-z-]+:[a-z-]+:[A-Za-z0-9_.-]{1,100}$'
const streamName = Type.String({ minLength: 3, maxLength: 160, pattern: streamNamePattern })
const seq = Type.Integer({ minimum: 0 })
const shortText = Type.String({ minLength: 1, maxLength: 64, pattern: '^[\\x21-\\x7e]+$' })
const body = Type.Record(Type.String(), Type.Unknown())
/** Where a client stands in a stream: the last event it handed over. */
export const StreamPosition = closed({ epoch: Type.String({ maxLength: 32 }), seq })
export type StreamPosition = Static<typeof StreamPosition>
const wanted = Type.Record(streamName, Type.Union([StreamPosition, Type.Null()]), {
  maxProperties: realtimeLimits.streamsPerFrameMax,
  // Else a name that does not fit the pattern passes, and whatever it stands for with it.
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

/** One event of a durable stream. `from` is who caused it, as the server knows them; never what a client said. */
export interface LogEvent {
  readonly seq: number
  readonly id: string
  readonly at: string
  readonly type: string
  readonly body: unknown
  readonly from?: string
  /** The sender's own id for it, so that the sender knows its send by it. */
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
  /** From here on the stream is live. Durable streams say where the client stands: what follows is `seq + 1`. */
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
  /** The client's position is worthless: forget what was built from the stream, load it anew, go on from `seq`. */
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
      /** The `cmid`, `rid`, stream or `t` this answers. */
      readonly ref: string
      readonly code: string
      readonly detail?: string
      /** Present when trying again makes sense, and not before. */
      readonly retryMs?: number
      /** With `out-of-turn`: `expected`, the `csn` whose turn it is. */
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

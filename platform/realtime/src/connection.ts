/**
 * One connection, as a state machine. A socket goes `hello` → `checking` → `open` → `closed`; an event stream, whose
 * request was authenticated by HTTP, goes `following` → `closed`. A connection has no timers: the sweep checks it.
 *
 * - `hello`: not authenticated yet. The first frame must be `hello` and arrive within 5 s.
 * - `checking`: the server checks its credential; the client must wait for `welcome`.
 * - `open`: sends and receives.
 * - `following`: only receives.
 * - `closed`: is in no list and has no subscriptions.
 */
import type { Credential, Principal, Problem, ServerFrame } from '@octet/contracts'
import type { Client } from '@octet/kernel'
import type { Bucket } from './bucket.ts'
import type { Hub } from './hub.ts'
import type { Measures } from './measures.ts'
import { framePacket, type Packet } from './outgoing.ts'
import type { DurableSubscription, Outlet, Subscription } from './subscription.ts'
import type { EventsWire, Wire } from './wire.ts'

export type User = Extract<Principal, { kind: 'user' }>

export interface Connection {
  readonly id: string
  readonly wire: Wire
  readonly client: Client
  readonly addressKey: string
  readonly measures: Measures
  readonly openedAtMs: number
  phase: ConnectionPhase
}

export type ConnectionPhase =
  | { readonly state: 'hello'; readonly credential: Credential }
  | { readonly state: 'checking' }
  | { readonly state: 'open'; readonly session: Session; readonly speaker: Speaker }
  | { readonly state: 'following'; readonly session: Session; readonly wire: EventsWire; beatAtMs: number }
  | { readonly state: 'closed' }

/** Whether the reader keeps up. */
type Backlog =
  | { readonly state: 'keeping-up' }
  | {
      readonly state: 'lagging'
      /** Subscriptions to wake when the reader has caught up. */
      readonly waiting: Set<DurableSubscription>
      /** The time since which the buffer has not shrunk, and its size then. */
      stuckSinceMs: number
      stuckBytes: number
    }

/** The receiving side of an authenticated connection. */
export interface Session extends Outlet {
  readonly connection: Connection
  readonly hub: Hub
  readonly subscriptions: Map<string, Subscription>
  credential: Credential
  principal: User
  expiresAtMs: number | undefined
  isAskedToReauth: boolean
  backlog: Backlog
}

/** A frame of a client's `send` that waits for its turn. */
export interface WaitingSend {
  readonly cmid: string
  readonly csn?: number
  readonly stream: string
  readonly type: string
  readonly body: Record<string, unknown>
}

/** The sending side of an open socket. */
export interface Speaker {
  readonly session: Session
  /** Identifies the sender of ordered sends. */
  readonly device: string | undefined
  readonly frames: Bucket
  readonly relays: Bucket
  readonly sends: WaitingSend[]
  heardAtMs: number
  /** Frames over the limit, reduced by later frames within it. */
  refusals: number
  /** How many relays wait for an answer of their module; the module is asked about one at a time. */
  relaysWaiting: number
  relayed: Promise<void>
  isSending: boolean
  syncs: number
}

/** Above this buffer size a reader is slow: durable streams wait, ephemeral notices are dropped. */
const slowBytes = 256 * 1024
/** Above this buffer size even an answer closes the connection; the next connection replays what this one missed. */
const bufferBytesMax = 1024 * 1024

export interface SessionParts {
  readonly connection: Connection
  readonly hub: Hub
  readonly credential: Credential
  readonly principal: User
  readonly onLagging: (connection: Connection) => void
  readonly rejoin: (session: Session, subscription: Subscription) => Promise<void>
}

/** Creates a session without subscriptions. */
export function createSession({ onLagging, rejoin, ...given }: SessionParts): Session {
  const { connection } = given
  const { wire, measures } = connection
  const keepsUp = () => session.backlog.state === 'keeping-up' && wire.bufferedBytes() <= slowBytes
  const session: Session = {
    ...given,
    subscriptions: new Map(),
    expiresAtMs: undefined,
    isAskedToReauth: false,
    backlog: { state: 'keeping-up' },
    get userId() {
      return session.principal.userId
    },
    write(packet, subscription) {
      if (keepsUp()) return writePacket(connection, packet)
      if (session.backlog.state === 'keeping-up') {
        const stuckBytes = wire.bufferedBytes()
        session.backlog = { state: 'lagging', waiting: new Set(), stuckSinceMs: performance.now(), stuckBytes }
        onLagging(connection)
      }
      session.backlog.waiting.add(subscription)
      return false
    },
    writeLossy(packet) {
      if (keepsUp()) writePacket(connection, packet)
      else measures.dropped.add()
    },
    rejoin: subscription => rejoin(session, subscription),
  }
  return session
}

/** The initial state of a speaker. */
export function createSpeaker(session: Session, device: string | undefined, nowMs: number): Speaker {
  return {
    session,
    device,
    frames: { left: Number.POSITIVE_INFINITY, atMs: nowMs },
    relays: { left: Number.POSITIVE_INFINITY, atMs: nowMs },
    sends: [],
    heardAtMs: nowMs,
    refusals: 0,
    relaysWaiting: 0,
    relayed: Promise.resolve(),
    isSending: false,
    syncs: 0,
  }
}

/** The session of the connection, if it has one now. */
export function sessionOf({ phase }: Connection): Session | undefined {
  switch (phase.state) {
    case 'open':
    case 'following':
      return phase.session
    case 'hello':
    case 'checking':
    case 'closed':
      return undefined
    default:
      return phase satisfies never
  }
}

/** Whether the reader of a lagging connection has caught up. */
export function hasCaughtUp({ wire }: Connection): boolean {
  return wire.bufferedBytes() <= slowBytes / 2
}

function writePacket({ wire }: Connection, packet: Packet): boolean {
  if (!wire.isOpen()) return false
  wire.send(packet)
  return true
}

/** Sends an answer. A slow reader gets it too, up to a limit. */
export function answer(connection: Connection, frame: ServerFrame): void {
  if (connection.wire.bufferedBytes() > bufferBytesMax) {
    connection.measures.slow.add()
    connection.wire.terminate()
    return
  }
  writePacket(connection, framePacket(frame))
}

/** Sends `err` for a problem, with `retryMs` when a retry may succeed. */
export function answerProblem(connection: Connection, ref: string, problem: Problem): void {
  const { code, detail, errors, retryAfterMs, data } = problem
  const isPassing = problem.retryable || problem.status >= 500
  answer(connection, {
    t: 'err',
    ref,
    code,
    ...(detail === undefined ? {} : { detail }),
    ...(errors === undefined ? {} : { errors }),
    ...(data === undefined ? {} : { data }),
    ...(isPassing ? { retryMs: Math.ceil(retryAfterMs ?? 1_000) } : {}),
  })
}

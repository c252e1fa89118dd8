/** One socket: what it proved, what it listens to, what it may still write. No timers of its own; the sweep looks. */
import type { Duplex } from 'node:stream'
import type { Credential, Principal, Problem, ServerFrame } from '@octet/contracts'
import type { Client } from '@octet/kernel'
import type { WebSocket } from 'ws'
import type { Bucket } from './bucket.ts'
import type { Channel, Outlet, Subscription } from './channel.ts'
import type { Hub } from './hub.ts'
import type { Measures } from './measures.ts'
import { framePacket, type Packet } from './outgoing.ts'
import type { StreamRef } from './streams.ts'

export type User = Extract<Principal, { kind: 'user' }>

/** One connection's interest in one stream, and where to find both ends. */
export interface Entry extends Subscription {
  readonly ref: StreamRef
  readonly connection: Connection
  channel: Channel | undefined
  /** Its module was told that it listens. */
  isEntered: boolean
}

/** A frame of a client's `send` that waits for its turn. */
export interface WaitingSend {
  readonly cmid: string
  readonly csn?: number
  readonly stream: string
  readonly type: string
  readonly body: Record<string, unknown>
}

export interface Connection extends Outlet {
  readonly id: string
  readonly webSocket: WebSocket
  readonly socket: Duplex
  readonly client: Client
  readonly addressKey: string
  readonly hub: Hub
  readonly measures: Measures
  readonly openedAtMs: number
  /** `hello`: has not shown who it is. `checking`: is being looked at. */
  state: 'hello' | 'checking' | 'open' | 'closed'
  credential: Credential
  principal: User | undefined
  device: string | undefined
  expiresAtMs: number | undefined
  isAskedToReauth: boolean
  heardAtMs: number
  headsSentAtMs: number
  readonly frames: Bucket
  readonly relays: Bucket
  /** Relays about which their module is being asked, one after the other. */
  relaysWaiting: number
  relayed: Promise<void>
  refusals: number
  readonly entries: Map<string, Entry>
  readonly sends: WaitingSend[]
  isSending: boolean
  syncs: number
  /** Subscriptions to wake when the reader has caught up; absent while it keeps up. */
  lagging: Set<Entry> | undefined
  /** Since when nothing has left the buffer, and how much was in it. */
  stuckSinceMs: number
  stuckBytes: number
}

/** Above this a reader is slow: durable streams wait, ephemeral news is dropped. */
const slowBytes = 256 * 1024
/** Above this even answers are too much; it ends, and what it missed is replayed to its next connection. */
const bufferBytesMax = 1024 * 1024

export interface ConnectionParts {
  readonly id: string
  readonly webSocket: WebSocket
  readonly socket: Duplex
  readonly client: Client
  readonly addressKey: string
  readonly credential: Credential
  readonly hub: Hub
  readonly measures: Measures
  readonly nowMs: number
  readonly onLagging: (connection: Connection) => void
  readonly rejoin: (entry: Entry) => Promise<void>
}

/** A connection that has said nothing yet. */
export function createConnection(parts: ConnectionParts): Connection {
  const { onLagging, rejoin, nowMs, ...given } = parts
  const connection: Connection = {
    ...given,
    openedAtMs: nowMs,
    state: 'hello',
    principal: undefined,
    device: undefined,
    expiresAtMs: undefined,
    isAskedToReauth: false,
    heardAtMs: nowMs,
    headsSentAtMs: nowMs,
    frames: { left: Number.POSITIVE_INFINITY, atMs: nowMs },
    relays: { left: Number.POSITIVE_INFINITY, atMs: nowMs },
    relaysWaiting: 0,
    relayed: Promise.resolve(),
    refusals: 0,
    entries: new Map(),
    sends: [],
    isSending: false,
    syncs: 0,
    lagging: undefined,
    stuckSinceMs: 0,
    stuckBytes: 0,
    get userId() {
      return connection.principal?.userId ?? ''
    },
    write(packet, subscription) {
      if (connection.lagging === undefined && connection.socket.writableLength <= slowBytes) {
        return writePacket(connection, packet)
      }
      if (connection.lagging === undefined) {
        connection.lagging = new Set()
        connection.stuckSinceMs = performance.now()
        connection.stuckBytes = connection.socket.writableLength
        onLagging(connection)
      }
      connection.lagging.add(subscription as Entry)
      return false
    },
    writeLossy(packet) {
      if (connection.lagging === undefined && connection.socket.writableLength <= slowBytes)
        writePacket(connection, packet)
      else connection.measures.dropped.add()
    },
    rejoin: subscription => rejoin(subscription as Entry),
  }
  return connection
}

/** Whether the reader of a lagging connection has caught up. */
export function hasCaughtUp({ socket }: Connection): boolean {
  return socket.writableLength <= slowBytes / 2
}

function writePacket(connection: Connection, packet: Packet): boolean {
  const { webSocket, socket } = connection
  if (connection.state === 'closed' || webSocket.readyState !== webSocket.OPEN || socket.destroyed) return false
  socket.write(packet)
  return true
}

/** An answer: it goes out also to a slow reader, up to a bound. */
export function answer(connection: Connection, frame: ServerFrame): void {
  if (connection.socket.writableLength > bufferBytesMax) {
    connection.measures.slow.add()
    connection.webSocket.terminate()
    return
  }
  writePacket(connection, framePacket(frame))
}

/** `err` for a problem; with `retryMs` when trying again makes sense. */
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

/** The endpoint: accepts connections, and closes them all at the end. */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type Credential, closeCodes, realtimeLimits } from '@octet/contracts'
import type { Client } from '@octet/kernel'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import { confirm, revoke } from './callers.ts'
import { answer, type Connection } from './connection.ts'
import { type Follower, follow } from './events.ts'
import { forget } from './forget.ts'
import { receive } from './frames.ts'
import { createMeasures } from './measures.ts'
import { close, countConnection, type RealtimeOptions, refusalFor, type State } from './state.ts'
import { sweep, sweepMs, wake } from './sweep.ts'
import { socketWire } from './wire.ts'

/** The client of a socket, as described by its request. */
export interface Caller {
  readonly credential: Credential
  readonly client: Client
  /** The address for rate limits. */
  readonly addressKey: string
}

export interface Realtime {
  /** Takes over a socket from an upgrade request whose origin has been checked. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer, caller: Caller): void
  /**
   * Sends a stream as server-sent events over a response. Resolves when the stream has started. If it may not start,
   * throws the problem to answer with, and nothing has been sent.
   */
  follow(follower: Follower): Promise<void>
  stats(): { readonly connections: number; readonly waitingForHello: number }
  /** Asks every client to come back later, waits for running sends, and closes; takes at most about `deadlineMs`. */
  drain(deadlineMs: number): Promise<void>
}

const wakeMs = 50
/** After a planned restart, clients reconnect spread over this time. */
const drainSpreadMs = 5_000

/** Creates the endpoint, which sweeps until `drain`. */
export function createRealtime(options: RealtimeOptions): Realtime {
  const { hub, metrics, watch } = options
  const state: State = {
    options,
    webSockets: new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      clientTracking: false,
      maxPayload: realtimeLimits.frameBytesMax,
      // Automatic pongs would bypass our rate limit, so it sends none (browsers never ping).
      autoPong: false,
    }),
    measures: createMeasures(metrics, {
      connections: () => state.all.size,
      streams: () => hub.stats().streams,
      delivered: () => hub.stats().delivered,
      isMuted: () => hub.isMuted,
    }),
    all: new Set(),
    lagging: new Set(),
    byUser: new Map(),
    byAddress: new Map(),
    sends: {
      call: options.call,
      takeLimits: options.takeLimits,
      actorOf: session => confirm(state, session),
      isDraining: () => state.isDraining,
    },
    hellos: 0,
    isDraining: false,
  }
  const stopHearing = watch?.onRevoked(revoked => revoke(state, revoked))
  const sweeper = setInterval(() => sweep(state), sweepMs)
  const waker = setInterval(() => wake(state), wakeMs)
  return {
    accept: (request, socket, head, caller) => accept(state, { request, socket, head }, caller),
    follow: follower => follow(state, follower),
    stats: () => ({ connections: state.all.size, waitingForHello: state.hellos }),
    async drain(deadlineMs) {
      clearInterval(sweeper)
      await drain(state, deadlineMs)
      clearInterval(waker)
      stopHearing?.()
    },
  }
}

interface Upgrade {
  readonly request: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
}

function accept(state: State, { request, socket, head }: Upgrade, caller: Caller): void {
  const refusal = refusalFor(state, caller.addressKey)
  if (refusal !== undefined) {
    refuse(socket, refusal === 'unavailable' ? '503 Service Unavailable' : '429 Too Many Requests')
    return
  }
  state.webSockets.handleUpgrade(request, socket, head, webSocket => {
    const connection: Connection = {
      id: randomUUID(),
      wire: socketWire(webSocket, socket),
      client: caller.client,
      addressKey: caller.addressKey,
      measures: state.measures,
      openedAtMs: performance.now(),
      phase: { state: 'hello', credential: caller.credential },
    }
    countConnection(state, connection)
    attach(state, connection, webSocket)
  })
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nretry-after: 5\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
}

function attach(state: State, connection: Connection, webSocket: WebSocket): void {
  webSocket.on('message', (data: RawData, isBinary: boolean) => {
    if (isBinary) close(connection, 1003, 'text only')
    else receive(state, connection, data as Buffer)
  })
  webSocket.on('error', () => webSocket.terminate()) // a broken frame; `close` follows
  webSocket.on('close', code => forget(state, connection, code))
}

async function drain(state: State, deadlineMs: number): Promise<void> {
  state.isDraining = true
  const untilMs = performance.now() + deadlineMs
  const pause = () => new Promise(resolve => setTimeout(resolve, 20))
  for (const connection of state.all) {
    answer(connection, { t: 'drain', retryMs: Math.round(Math.random() * drainSpreadMs) })
  }
  const isBusy = () => [...state.all].some(({ phase }) => phase.state === 'open' && phase.speaker.isSending)
  while (isBusy() && performance.now() < untilMs - 500) await pause()
  for (const connection of state.all) close(connection, closeCodes.goingAway, 'restarting')
  while (state.all.size > 0 && performance.now() < untilMs) await pause()
  for (const connection of state.all) connection.wire.terminate()
}

/** The endpoint: takes sockets in, finds them again, and closes them all in the end. */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type Credential, closeCodes, realtimeLimits } from '@octet/contracts'
import type { Client } from '@octet/kernel'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import { confirm, end } from './callers.ts'
import { answer, type Connection, createConnection } from './connection.ts'
import { receive } from './frames.ts'
import { createMeasures } from './measures.ts'
import { close, countHello, type RealtimeOptions, type State } from './state.ts'
import { drop, rejoin } from './subscribe.ts'
import { sweep, sweepMs, wake } from './sweep.ts'

/** Who knocks, as far as the request says. */
export interface Caller {
  readonly credential: Credential
  readonly client: Client
  /** What a limit counts. */
  readonly addressKey: string
}

export interface Realtime {
  /** Takes over a socket that asks for an upgrade. The request's origin has been checked. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer, caller: Caller): void
  stats(): { readonly connections: number; readonly waitingForHello: number }
  /** Asks every client to come back later, lets sends finish, and closes; at most about `deadlineMs`. */
  drain(deadlineMs: number): Promise<void>
}

const connectionsMax = 20_000
const helloPerAddressMax = 20
const connectionsPerAddressMax = 1_000
const wakeMs = 50
/** Clients of a planned restart come back spread over this. */
const drainSpreadMs = 5_000

/** Begins to sweep at once; `drain` ends everything. */
export function createRealtime(options: RealtimeOptions): Realtime {
  const { hub, metrics, watch } = options
  const state: State = {
    options,
    webSockets: new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      clientTracking: false,
      maxPayload: realtimeLimits.frameBytesMax,
      // Its own answers to pings are not counted by our allowance, so it gives none (browsers never ask).
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
      actorOf: connection => confirm(state, connection),
      isDraining: () => state.isDraining,
    },
    hellos: 0,
    isDraining: false,
  }
  const stopHearing = watch?.onRevoked(revoked => end(state, revoked))
  const sweeper = setInterval(() => sweep(state), sweepMs)
  const waker = setInterval(() => wake(state), wakeMs)
  return {
    accept: (request, socket, head, caller) => accept(state, { request, socket, head }, caller),
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
  const scale = state.options.limitsScale
  const counts = state.byAddress.get(caller.addressKey) ?? { open: 0, hello: 0 }
  if (state.isDraining || state.all.size >= connectionsMax) {
    refuse(socket, '503 Service Unavailable')
    return
  }
  if (counts.hello >= helloPerAddressMax * scale || counts.open >= connectionsPerAddressMax * scale) {
    refuse(socket, '429 Too Many Requests')
    return
  }
  state.webSockets.handleUpgrade(request, socket, head, webSocket => {
    counts.open++
    counts.hello++
    state.hellos++
    state.byAddress.set(caller.addressKey, counts)
    const connection = createConnection({
      id: randomUUID(),
      webSocket,
      socket,
      client: caller.client,
      addressKey: caller.addressKey,
      credential: caller.credential,
      hub: state.options.hub,
      measures: state.measures,
      nowMs: performance.now(),
      onLagging: slow => void state.lagging.add(slow),
      rejoin,
    })
    state.all.add(connection)
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

function forget(state: State, connection: Connection, code: number): void {
  if (!state.all.delete(connection)) return
  if (connection.state === 'hello' || connection.state === 'checking') countHello(state, connection)
  connection.state = 'closed'
  state.measures.closed(code)
  for (const entry of connection.entries.values()) drop(entry)
  state.lagging.delete(connection)
  const counts = state.byAddress.get(connection.addressKey)
  if (counts !== undefined && --counts.open === 0) state.byAddress.delete(connection.addressKey)
  const { userId } = connection
  const ofUser = state.byUser.get(userId)
  ofUser?.delete(connection)
  if (ofUser?.size === 0) state.byUser.delete(userId)
}

async function drain(state: State, deadlineMs: number): Promise<void> {
  state.isDraining = true
  const untilMs = performance.now() + deadlineMs
  const pause = () => new Promise(resolve => setTimeout(resolve, 20))
  for (const connection of state.all) {
    answer(connection, { t: 'drain', retryMs: Math.round(Math.random() * drainSpreadMs) })
  }
  const isBusy = () => [...state.all].some(({ isSending }) => isSending)
  while (isBusy() && performance.now() < untilMs - 500) await pause()
  for (const connection of state.all) close(connection, closeCodes.goingAway, 'restarting')
  while (state.all.size > 0 && performance.now() < untilMs) await pause()
  for (const connection of state.all) connection.webSocket.terminate()
}

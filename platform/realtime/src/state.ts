/** The shared state of the endpoint: the connections of this process and the indexes on them. */
import { type Authenticate, commonProblem, type SessionWatch } from '@octet/contracts'
import type { Log, Metrics } from '@octet/observe'
import type { WebSocketServer } from 'ws'
import type { Connection, User } from './connection.ts'
import type { Hub } from './hub.ts'
import type { Measures } from './measures.ts'
import type { SendParts } from './send.ts'

export interface RealtimeOptions {
  readonly hub: Hub
  readonly authenticate: Authenticate
  readonly watch: SessionWatch | undefined
  readonly call: SendParts['call']
  readonly takeLimits: SendParts['takeLimits']
  readonly log: Pick<Log, 'info' | 'warn' | 'debug' | 'error'>
  readonly metrics: Metrics
  /** Unix milliseconds; decides when credentials expire. */
  readonly now: () => number
  /** Multiplies the limits of one connection, user or address. */
  readonly limitsScale: number
}

export interface State {
  readonly options: RealtimeOptions
  readonly webSockets: WebSocketServer
  readonly measures: Measures
  readonly all: Set<Connection>
  readonly lagging: Set<Connection>
  readonly byUser: Map<string, Set<Connection>>
  readonly byAddress: Map<string, { open: number; hello: number }>
  readonly sends: SendParts
  hellos: number
  isDraining: boolean
}

const connectionsMax = 20_000
const helloPerAddressMax = 20
const connectionsPerAddressMax = 1_000
const connectionsPerUserMax = 100

/** The reason to refuse another connection from this address, if there is a reason. */
export function refusalFor(state: State, addressKey: string): 'unavailable' | 'too-many' | undefined {
  const scale = state.options.limitsScale
  const counts = state.byAddress.get(addressKey) ?? { open: 0, hello: 0 }
  if (state.isDraining || state.all.size >= connectionsMax) return 'unavailable'
  const isFull = counts.hello >= helloPerAddressMax * scale || counts.open >= connectionsPerAddressMax * scale
  return isFull ? 'too-many' : undefined
}

/** Counts a new connection. It counts as waiting for hello until `countHello`. */
export function countConnection(state: State, connection: Connection): void {
  const counts = state.byAddress.get(connection.addressKey) ?? { open: 0, hello: 0 }
  counts.open++
  if (connection.phase.state === 'hello') {
    counts.hello++
    state.hellos++
  }
  state.byAddress.set(connection.addressKey, counts)
  state.all.add(connection)
}

/** A socket sent its hello, or is gone. */
export function countHello(state: State, { addressKey }: Connection): void {
  state.hellos--
  const counts = state.byAddress.get(addressKey)
  if (counts !== undefined) counts.hello--
}

/** Removes the connection from all counts; the caller has ended its subscriptions. */
export function uncountConnection(state: State, connection: Connection, userId: string | undefined): void {
  state.lagging.delete(connection)
  const counts = state.byAddress.get(connection.addressKey)
  if (counts !== undefined && --counts.open === 0) state.byAddress.delete(connection.addressKey)
  if (userId === undefined) return
  const ofUser = state.byUser.get(userId)
  ofUser?.delete(connection)
  if (ofUser?.size === 0) state.byUser.delete(userId)
}

/** Counts the connection for its user. Throws `rate-limited` when the user has too many. */
export function countForUser(state: State, connection: Connection, { userId }: User): void {
  const ofUser = state.byUser.get(userId) ?? new Set()
  if (ofUser.size >= connectionsPerUserMax * state.options.limitsScale) {
    throw commonProblem('rate-limited', { detail: 'This account has too many live connections.', retryAfterMs: 5_000 })
  }
  ofUser.add(connection)
  state.byUser.set(userId, ofUser)
}

/** Closes the connection. If a peer does not answer the close frame, `ws` disconnects it after its own timeout. */
export function close({ phase, wire }: Connection, code: number, reason: string): void {
  if (phase.state !== 'closed') wire.close(code, reason)
}

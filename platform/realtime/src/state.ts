/** What the parts of the endpoint share: every open connection, and by what it can be found. */
import type { Authenticate, SessionWatch } from '@octet/contracts'
import type { Log, Metrics } from '@octet/observe'
import type { WebSocketServer } from 'ws'
import type { Connection } from './connection.ts'
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
  /** Unix milliseconds, by which credentials end. */
  readonly now: () => number
  /** Multiplies what one connection, user or address may do. */
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

/** A close frame; whoever does not answer it is cut off by `ws` after its own timeout. */
export function close(connection: Connection, code: number, reason: string): void {
  if (connection.state === 'closed') return
  connection.webSocket.close(code, reason)
}

/** It has shown who it is, or is gone. */
export function countHello(state: State, { addressKey }: Connection): void {
  state.hellos--
  const counts = state.byAddress.get(addressKey)
  if (counts !== undefined) counts.hello--
}

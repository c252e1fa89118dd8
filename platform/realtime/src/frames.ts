/** Each frame of a client, to where it is handled. */
import { type ClientFrame, closeCodes } from '@octet/contracts'
import { takeToken } from './bucket.ts'
import { receiveHello, renew } from './callers.ts'
import { answer, type Connection } from './connection.ts'
import { readFrame } from './incoming.ts'
import { relay } from './relay.ts'
import { takeSend } from './send.ts'
import { close, type State } from './state.ts'
import { subscribeAll, unsubscribe } from './subscribe.ts'
import { sync } from './sync.ts'

const framesRate = { burst: 200, perSecond: 20 }
/** So many streams in a `sub` cost as much as a frame: each is a question to its module. */
const streamsPerToken = 10
/** Whoever goes on sending after so many refusals is not going to stop. */
const refusalsMax = 200
/** What a frame that passes makes good of them: on a busy server one passes now and then in the midst of a flood. */
const refusalsForgiven = 10

/** Whatever it is, this does not throw: what cannot be read is answered, or ends the connection. */
export function receive(state: State, connection: Connection, data: Buffer): void {
  if (connection.webSocket.readyState !== connection.webSocket.OPEN) return
  const nowMs = performance.now()
  connection.heardAtMs = nowMs
  state.measures.framesIn.add()
  if (connection.state !== 'open') {
    receiveHello(state, connection, data)
    return
  }
  const { limitsScale: scale } = state.options
  const rate = { burst: framesRate.burst * scale, perSecond: framesRate.perSecond * scale }
  const retryMs = takeToken(connection.frames, rate, nowMs)
  if (retryMs > 0 && ++connection.refusals > refusalsMax) {
    close(connection, closeCodes.flooding, 'flooding')
    return
  }
  const read = readFrame(data.toString())
  if (retryMs > 0) {
    state.measures.refused.add()
    const ref = read.ok ? refIn(read.frame) : read.ref
    answer(connection, { t: 'err', ref, code: 'rate-limited', retryMs })
    return
  }
  connection.refusals = Math.max(0, connection.refusals - refusalsForgiven)
  if (!read.ok) {
    answer(connection, { t: 'err', ref: read.ref, code: read.code, detail: read.detail })
    return
  }
  handle(state, connection, read.frame)
}

function refIn(frame: ClientFrame): string {
  if (frame.t === 'send') return frame.cmid
  return frame.t === 'sync' ? frame.rid : frame.t
}

function handle(state: State, connection: Connection, frame: ClientFrame): void {
  switch (frame.t) {
    case 'hello': {
      answer(connection, { t: 'err', ref: 'hello', code: 'validation-failed', detail: 'hello comes once.' })
      return
    }
    case 'sub':
      connection.frames.left -= Math.floor(Object.keys(frame.streams).length / streamsPerToken)
      return void subscribeAll(connection, frame.streams)
    case 'unsub':
      for (const stream of frame.streams) unsubscribe(connection, stream)
      return
    case 'sync':
      return void sync(connection, frame)
    case 'send': {
      takeSend(connection, frame, state.sends)
      return
    }
    case 'relay': {
      relay(connection, frame, state.options.limitsScale)
      return
    }
    case 'auth':
      return void renew(state, connection, frame.token)
    case 'ping': {
      pong(connection, frame.n)
      return
    }
    default:
      frame satisfies never
  }
}

/** With the heads of streams that moved since the last time, by which a client notices that it lost the last event. */
function pong(connection: Connection, n: number): void {
  const heads: Record<string, number> = {}
  for (const [name, { channel, state }] of connection.entries) {
    if (channel !== undefined && state !== 'joining') heads[name] = channel.head
  }
  answer(connection, { t: 'pong', n })
  if (Object.keys(heads).length > 0) answer(connection, { t: 'heads', heads })
}

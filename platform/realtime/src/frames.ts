/** Dispatches each frame of a client to its handler. */
import { type ClientFrame, closeCodes } from '@octet/contracts'
import { takeToken } from './bucket.ts'
import { receiveHello, renew } from './callers.ts'
import { answer, type Connection, type Speaker } from './connection.ts'
import { readFrame } from './incoming.ts'
import { relay } from './relay.ts'
import { takeSend } from './send.ts'
import { close, type State } from './state.ts'
import { subscribeAll, unsubscribe } from './subscribe.ts'
import { sync } from './sync.ts'

const framesRate = { burst: 200, perSecond: 20 }
/** This many streams in a `sub` count as one frame, because each costs a call to its module. */
const streamsPerToken = 10
/** A client that continues after this many refusals is flooding. */
const refusalsMax = 200
/** Each frame within the limit cancels this many refusals: on a busy server some frames pass even during a flood. */
const refusalsForgiven = 10

/** Never throws: an unreadable frame gets an error, or closes the connection. */
export function receive(state: State, connection: Connection, data: Buffer): void {
  if (!connection.wire.isOpen()) return
  state.measures.framesIn.add()
  const { phase } = connection
  switch (phase.state) {
    case 'hello':
    case 'checking':
      receiveHello(state, connection, data)
      return
    case 'open':
      receiveFrame(state, phase.speaker, data)
      return
    case 'following': // a response receives nothing
    case 'closed':
      return
    default:
      phase satisfies never
  }
}

function receiveFrame(state: State, speaker: Speaker, data: Buffer): void {
  const { connection } = speaker.session
  const nowMs = performance.now()
  speaker.heardAtMs = nowMs
  const { limitsScale: scale } = state.options
  const rate = { burst: framesRate.burst * scale, perSecond: framesRate.perSecond * scale }
  const retryMs = takeToken(speaker.frames, rate, nowMs)
  if (retryMs > 0 && ++speaker.refusals > refusalsMax) {
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
  speaker.refusals = Math.max(0, speaker.refusals - refusalsForgiven)
  if (!read.ok) {
    answer(connection, { t: 'err', ref: read.ref, code: read.code, detail: read.detail })
    return
  }
  handle(state, speaker, read.frame)
}

function refIn(frame: ClientFrame): string {
  if (frame.t === 'send') return frame.cmid
  return frame.t === 'sync' ? frame.rid : frame.t
}

function handle(state: State, speaker: Speaker, frame: ClientFrame): void {
  const { session } = speaker
  switch (frame.t) {
    case 'hello': {
      const detail = 'hello comes once.'
      answer(session.connection, { t: 'err', ref: 'hello', code: 'validation-failed', detail })
      return
    }
    case 'sub':
      speaker.frames.left -= Math.floor(Object.keys(frame.streams).length / streamsPerToken)
      return void subscribeAll(session, frame.streams)
    case 'unsub':
      for (const stream of frame.streams) unsubscribe(session, stream)
      return
    case 'sync':
      return void sync(speaker, frame)
    case 'send': {
      takeSend(speaker, frame, state.sends)
      return
    }
    case 'relay': {
      relay(speaker, frame, state.options.limitsScale)
      return
    }
    case 'auth':
      return void renew(state, session, frame.token)
    case 'ping': {
      pong(speaker, frame.n)
      return
    }
    default:
      frame satisfies never
  }
}

/** Answers with the heads of the streams too, so that a client notices a lost last event. */
function pong({ session }: Speaker, n: number): void {
  const heads: Record<string, number> = {}
  for (const [name, { phase }] of session.subscriptions) {
    const isHeard = phase.state === 'behind' || phase.state === 'live'
    if (isHeard && 'channel' in phase) heads[name] = phase.channel.head
  }
  answer(session.connection, { t: 'pong', n })
  if (Object.keys(heads).length > 0) answer(session.connection, { t: 'heads', heads })
}

/** Server-sent events: one stream over a response that stays open, for networks that block WebSockets. */
import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { type Credential, commonProblem } from '@octet/contracts'
import type { Client } from '@octet/kernel'
import { openSession } from './callers.ts'
import type { Connection, User } from './connection.ts'
import { forget } from './forget.ts'
import { countConnection, countForUser, refusalFor, type State } from './state.ts'
import { type ResumeFrom, subscribe } from './subscribe.ts'
import { eventsWire } from './wire.ts'

export interface Follower {
  readonly response: ServerResponse
  /** Called once, before the first byte. Returns headers to add to those of every event stream. */
  readonly onBegin: () => Readonly<Record<string, string | number | string[] | undefined>>
  readonly credential: Credential
  readonly principal: User
  readonly client: Client
  readonly addressKey: string
  readonly stream: string
  /** `null` starts at the end. */
  readonly from: ResumeFrom | null
}

/** The WebSocket close code of an abnormal end: the peer is gone. */
const goneCode = 1006

/** Starts to send the stream. If that is not allowed, it throws a problem before anything is sent. */
export async function follow(state: State, follower: Follower): Promise<void> {
  const { response, addressKey, client, credential, principal } = follower
  const refusal = refusalFor(state, addressKey)
  if (refusal === 'unavailable') throw commonProblem('unavailable', { retryAfterMs: 5_000, executed: 'no' })
  if (refusal === 'too-many') throw commonProblem('rate-limited', { retryAfterMs: 5_000 })
  const wire = eventsWire(response, () => response.writeHead(200, { ...follower.onBegin(), ...streamHeaders }))
  const connection: Connection = {
    id: randomUUID(),
    wire,
    client,
    addressKey,
    measures: state.measures,
    openedAtMs: performance.now(),
    phase: { state: 'checking' },
  }
  const session = openSession(state, connection, { credential, principal })
  connection.phase = { state: 'following', session, wire, beatAtMs: performance.now() }
  countForUser(state, connection, principal)
  countConnection(state, connection)
  const onClose = () => forget(state, connection, goneCode)
  response.once('close', onClose)
  try {
    await subscribe(session, follower.stream, follower.from)
  } catch (error) {
    if (response.headersSent) {
      wire.terminate() // the client resumes from the last event it got
      return
    }
    response.off('close', onClose)
    forget(state, connection, goneCode)
    throw error
  }
}

const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // nginx would buffer events into larger pieces.
  'x-accel-buffering': 'no',
}

/** Who a connection is: from its `hello` on, through fresh tokens, until its session ends. */
import {
  type ClientFrameOf,
  type Credential,
  closeCodes,
  commonProblem,
  type Revoked,
  realtimeLimits,
  realtimeVersion,
} from '@octet/contracts'
import { asProblem } from '@octet/kernel'
import { answer, type Connection, type User } from './connection.ts'
import { readFrame } from './incoming.ts'
import { close, countHello, type State } from './state.ts'
import { recheckAll, subscribeAll } from './subscribe.ts'

const connectionsPerUserMax = 100

/** The first frame; anything else than a proper `hello` ends the connection. */
export function receiveHello(state: State, connection: Connection, data: Buffer): void {
  if (connection.state !== 'hello') {
    close(connection, closeCodes.badHello, 'wait for welcome')
    return
  }
  if (data.length > realtimeLimits.helloBytesMax) {
    close(connection, closeCodes.badHello, 'hello is too large')
    return
  }
  const read = readFrame(data.toString())
  if (!read.ok || read.frame.t !== 'hello' || read.frame.v !== realtimeVersion) {
    close(connection, closeCodes.badHello, 'begin with hello')
    return
  }
  connection.state = 'checking'
  void welcome(state, connection, read.frame)
}

async function welcome(state: State, connection: Connection, hello: ClientFrameOf<'hello'>): Promise<void> {
  if (hello.token !== undefined) connection.credential = { kind: 'bearer', token: hello.token }
  try {
    const principal = await state.options.authenticate(connection.credential)
    if (connection.state !== 'checking') return
    if (principal.kind !== 'user') throw commonProblem('unauthenticated')
    const ofUser = state.byUser.get(principal.userId) ?? new Set()
    if (ofUser.size >= connectionsPerUserMax * state.options.limitsScale) {
      return close(connection, closeCodes.tryAgainLater, 'too many connections')
    }
    ofUser.add(connection)
    state.byUser.set(principal.userId, ofUser)
    countHello(state, connection)
    connection.state = 'open'
    connection.principal = principal
    connection.device = hello.device
    renewed(state, connection)
  } catch (error) {
    return closeFor(state, connection, error)
  }
  answer(connection, {
    t: 'welcome',
    v: realtimeVersion,
    connection: connection.id,
    user: connection.userId,
    heartbeatMs: realtimeLimits.heartbeatMs,
    ...expiry(state, connection),
    limits: {
      frameBytesMax: realtimeLimits.frameBytesMax,
      streamsMax: realtimeLimits.streamsMax,
      sendsWaitingMax: realtimeLimits.sendsWaitingMax,
    },
  })
  if (hello.streams !== undefined) void subscribeAll(connection, hello.streams)
}

function closeFor(state: State, connection: Connection, error: unknown): void {
  const problem = asProblem(error)
  if (problem.status === 401) {
    close(connection, closeCodes.unauthenticated, 'unauthenticated')
    return
  }
  if (problem.status === 500) state.options.log.error({ err: error }, 'a connection could not be checked')
  close(connection, closeCodes.tryAgainLater, 'unavailable')
}

function expiry(state: State, { expiresAtMs }: Connection): { expiresInMs?: number } {
  return expiresAtMs === undefined ? {} : { expiresInMs: Math.max(0, Math.round(expiresAtMs - state.options.now())) }
}

function renewed(state: State, connection: Connection): void {
  connection.expiresAtMs = state.options.watch?.expiresAtMs(connection.credential)
  connection.isAskedToReauth = false
}

/** A fresh token for the same user, before the old one ends. */
export async function renew(state: State, connection: Connection, token: string): Promise<void> {
  try {
    const credential: Credential = { kind: 'bearer', token }
    const principal = await state.options.authenticate(credential)
    if (principal.kind !== 'user' || principal.userId !== connection.userId) throw commonProblem('unauthenticated')
    if (connection.state !== 'open') return
    connection.credential = credential
    setPrincipal(connection, principal)
    renewed(state, connection)
    answer(connection, { t: 'authed', ...expiry(state, connection) })
  } catch (error) {
    closeFor(state, connection, error)
  }
}

/** Who the connection is by now. Rights that changed make every stream ask again. */
export async function confirm(state: State, connection: Connection): Promise<User> {
  const found = state.options.authenticate(connection.credential)
  const principal = found instanceof Promise ? await found : found
  if (principal.kind !== 'user' || principal.userId !== connection.userId) throw commonProblem('unauthenticated')
  setPrincipal(connection, principal)
  return principal
}

function setPrincipal(connection: Connection, principal: User): void {
  const before = connection.principal
  connection.principal = principal
  if (before === undefined || sameRights(before, principal)) return
  recheckAll(connection)
}

function sameRights(a: User, b: User): boolean {
  return a === b || (String(a.roles) === String(b.roles) && String(a.scopes) === String(b.scopes))
}

/** Closes what belongs to an ended session; asks again about a user whose rights changed. */
export function end(state: State, revoked: Revoked): void {
  if (revoked.kind === 'session') {
    for (const connection of state.all) {
      if (connection.principal?.sessionId === revoked.sessionId) {
        close(connection, closeCodes.unauthenticated, 'signed out')
      }
    }
    return
  }
  for (const connection of state.byUser.get(revoked.userId) ?? []) check(state, connection)
}

/** Whoever is no longer who they were is closed. */
export function check(state: State, connection: Connection): void {
  confirm(state, connection).then(
    () => renewed(state, connection),
    error => closeFor(state, connection, error),
  )
}

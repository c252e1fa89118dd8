/** The caller of a connection, from its `hello` through fresh tokens to the end of its session. */
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
import {
  answer,
  type Connection,
  createSession,
  createSpeaker,
  type Session,
  sessionOf,
  type User,
} from './connection.ts'
import { readFrame } from './incoming.ts'
import { close, countForUser, countHello, type State } from './state.ts'
import { recheckAll, rejoin, subscribeAll } from './subscribe.ts'

/** Handles the first frame. Anything but a valid `hello` closes the connection. */
export function receiveHello(state: State, connection: Connection, data: Buffer): void {
  const { phase } = connection
  if (phase.state !== 'hello') {
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
  const { token } = read.frame
  connection.phase = { state: 'checking' }
  void welcome(state, connection, {
    hello: read.frame,
    credential: token === undefined ? phase.credential : { kind: 'bearer', token },
  })
}

interface Introduction {
  readonly hello: ClientFrameOf<'hello'>
  readonly credential: Credential
}

async function welcome(state: State, connection: Connection, { hello, credential }: Introduction): Promise<void> {
  let session: Session
  try {
    const principal = await state.options.authenticate(credential)
    if (connection.phase.state !== 'checking') return
    if (principal.kind !== 'user') throw commonProblem('unauthenticated')
    countForUser(state, connection, principal)
    countHello(state, connection)
    session = openSession(state, connection, { credential, principal })
    const speaker = createSpeaker(session, hello.device, performance.now())
    connection.phase = { state: 'open', session, speaker }
  } catch (error) {
    closeFor(state, connection, error)
    return
  }
  answer(connection, {
    t: 'welcome',
    v: realtimeVersion,
    connection: connection.id,
    user: session.userId,
    heartbeatMs: realtimeLimits.heartbeatMs,
    ...expiry(state, session),
    limits: {
      frameBytesMax: realtimeLimits.frameBytesMax,
      streamsMax: realtimeLimits.streamsMax,
      sendsWaitingMax: realtimeLimits.sendsWaitingMax,
    },
  })
  if (hello.streams !== undefined) void subscribeAll(session, hello.streams)
}

/** Creates a session for a valid credential. */
export function openSession(
  state: State,
  connection: Connection,
  given: { readonly credential: Credential; readonly principal: User },
): Session {
  const onLagging = (slow: Connection) => void state.lagging.add(slow)
  const session = createSession({ ...given, connection, hub: state.options.hub, onLagging, rejoin })
  noteExpiry(state, session)
  return session
}

function closeFor(state: State, connection: Connection, error: unknown): void {
  const problem = asProblem(error)
  if (problem.status === 401) {
    close(connection, closeCodes.unauthenticated, 'unauthenticated')
    return
  }
  if (problem.status === 500) state.options.log.error({ err: error }, 'a connection could not be checked')
  const reason = problem.status === 429 ? 'too many connections' : 'unavailable'
  close(connection, closeCodes.tryAgainLater, reason)
}

function expiry(state: State, { expiresAtMs }: Session): { expiresInMs?: number } {
  return expiresAtMs === undefined ? {} : { expiresInMs: Math.max(0, Math.round(expiresAtMs - state.options.now())) }
}

function noteExpiry(state: State, session: Session): void {
  session.expiresAtMs = state.options.watch?.expiresAtMs(session.credential)
  session.isAskedToReauth = false
}

/** Accepts a fresh token for the same user before the old one expires. */
export async function renew(state: State, session: Session, token: string): Promise<void> {
  const { connection } = session
  try {
    const credential: Credential = { kind: 'bearer', token }
    const principal = await state.options.authenticate(credential)
    if (principal.kind !== 'user' || principal.userId !== session.userId) throw commonProblem('unauthenticated')
    if (sessionOf(connection) !== session) return
    session.credential = credential
    setPrincipal(session, principal)
    noteExpiry(state, session)
    answer(connection, { t: 'authed', ...expiry(state, session) })
  } catch (error) {
    closeFor(state, connection, error)
  }
}

/** Authenticates the session's credential again. If rights changed, asks `join` again for every stream. */
export async function confirm(state: State, session: Session): Promise<User> {
  const found = state.options.authenticate(session.credential)
  const principal = found instanceof Promise ? await found : found
  if (principal.kind !== 'user' || principal.userId !== session.userId) throw commonProblem('unauthenticated')
  setPrincipal(session, principal)
  return principal
}

function setPrincipal(session: Session, principal: User): void {
  const before = session.principal
  session.principal = principal
  if (!hasSameRights(before, principal)) recheckAll(session)
}

function hasSameRights(a: User, b: User): boolean {
  return a === b || (String(a.roles) === String(b.roles) && String(a.scopes) === String(b.scopes))
}

/** Closes the connections of an ended session; rechecks those of a user whose rights changed. */
export function revoke(state: State, revoked: Revoked): void {
  switch (revoked.kind) {
    case 'session':
      for (const connection of state.all) {
        if (sessionOf(connection)?.principal.sessionId === revoked.sessionId) {
          close(connection, closeCodes.unauthenticated, 'signed out')
        }
      }
      return
    case 'user':
      for (const connection of state.byUser.get(revoked.userId) ?? []) {
        const session = sessionOf(connection)
        if (session !== undefined) check(state, session)
      }
      return
    default:
      revoked satisfies never
  }
}

/** Closes the connection unless its credential still authenticates the same user. */
export function check(state: State, session: Session): void {
  confirm(state, session).then(
    () => noteExpiry(state, session),
    error => closeFor(state, session.connection, error),
  )
}

/** Checks for silence, expiry and stalled readers with one timer for all connections. */
import { closeCodes, realtimeLimits } from '@octet/contracts'
import { check } from './callers.ts'
import { answer, type Connection, hasCaughtUp, type Session, sessionOf } from './connection.ts'
import { close, type State } from './state.ts'

/** Half of the second within which an expired token must lose its streams. */
export const sweepMs = 500
/** After this long without the revocation feed, nothing is delivered. The feed is read four times a second. */
const silentMsMax = 1_000
const stuckMsMax = 10_000
const silenceMsMax = realtimeLimits.heartbeatMs * 2.5
/**
 * An event stream receives nothing, so only its age suggests that its client is gone. The client resumes from its
 * position.
 */
const followingMsMax = 60 * 60_000

/** Closes silent connections, and asks clients for a new token before theirs expires. */
export function sweep(state: State): void {
  const nowMs = performance.now()
  for (const connection of state.all) {
    const { phase, wire } = connection
    switch (phase.state) {
      case 'hello':
      case 'checking':
        if (nowMs - connection.openedAtMs > realtimeLimits.helloTimeoutMs) wire.terminate()
        break
      case 'open':
        if (nowMs - phase.speaker.heardAtMs > silenceMsMax) wire.terminate()
        else attend(state, phase.session)
        break
      case 'following':
        if (nowMs - connection.openedAtMs > followingMsMax) close(connection, closeCodes.goingAway, 'reconnect')
        else attend(state, phase.session)
        if (nowMs - phase.beatAtMs > realtimeLimits.heartbeatMs) {
          phase.beatAtMs = nowMs
          if (phase.wire.isOpen()) phase.wire.beat()
        }
        break
      case 'closed':
        break
      default:
        phase satisfies never
    }
  }
}

function attend(state: State, session: Session): void {
  watchExpiry(state, session)
  if (session.backlog.state === 'lagging') return // woken when its reader has caught up
  for (const subscription of session.subscriptions.values()) {
    // A subscription whose read failed is retried until it works.
    if (subscription.durability === 'durable' && subscription.phase.state === 'behind') {
      void subscription.phase.channel.catchUp(subscription).catch(() => undefined)
    }
  }
}

function watchExpiry(state: State, session: Session): void {
  const { expiresAtMs, connection } = session
  if (expiresAtMs === undefined) return
  const wallMs = state.options.now()
  const isToken = session.credential.kind === 'bearer' // the end of a cookie's session moves with each use
  if (wallMs >= expiresAtMs) {
    session.expiresAtMs = wallMs + sweepMs
    check(state, session)
  } else if (isToken && !session.isAskedToReauth && expiresAtMs - wallMs < realtimeLimits.reauthNoticeMs) {
    session.isAskedToReauth = true
    // An event stream cannot answer, so its client reconnects with a fresh token.
    if (connection.phase.state === 'open') {
      answer(connection, { t: 'reauth', inMs: Math.round(expiresAtMs - wallMs) })
    }
  }
}

/** Wakes readers that caught up, disconnects stalled ones, and mutes the hub while the feed is silent. */
export function wake(state: State): void {
  const { hub, watch } = state.options
  hub.mute(watch !== undefined && watch.silentMs() > silentMsMax)
  const nowMs = performance.now()
  for (const connection of state.lagging) {
    const session = sessionOf(connection)
    if (session?.backlog.state !== 'lagging') state.lagging.delete(connection)
    else wakeOne(state, connection, session, session.backlog, nowMs)
  }
}

function wakeOne(
  state: State,
  connection: Connection,
  session: Session,
  backlog: Extract<Session['backlog'], { state: 'lagging' }>,
  nowMs: number,
): void {
  const buffered = connection.wire.bufferedBytes()
  if (hasCaughtUp(connection)) {
    session.backlog = { state: 'keeping-up' }
    state.lagging.delete(connection)
    for (const subscription of backlog.waiting) {
      if (subscription.phase.state !== 'behind') continue
      void subscription.phase.channel.catchUp(subscription).catch(() => undefined) // the sweep tries again
    }
  } else if (buffered < backlog.stuckBytes) {
    backlog.stuckBytes = buffered
    backlog.stuckSinceMs = nowMs
  } else if (nowMs - backlog.stuckSinceMs > stuckMsMax) {
    state.measures.slow.add()
    connection.wire.terminate()
  }
}

/** Whatever happens because nothing happened: silence, expiry, standing still. One timer for all connections. */
import { realtimeLimits } from '@octet/contracts'
import { check } from './callers.ts'
import { answer, type Connection, hasCaughtUp } from './connection.ts'
import type { State } from './state.ts'

/** Half the second within which an expired token must have lost its streams. */
export const sweepMs = 500
/** Without news of revocations for this long nothing is delivered. The feed is read four times a second. */
const silentMsMax = 1_000
const stuckMsMax = 10_000
const silenceMsMax = realtimeLimits.heartbeatMs * 2.5

/** Ends what said nothing for too long, and asks those whose credential ends soon for another. */
export function sweep(state: State): void {
  const nowMs = performance.now()
  const wallMs = state.options.now()
  for (const connection of state.all) {
    if (connection.state !== 'open') {
      if (nowMs - connection.openedAtMs > realtimeLimits.helloTimeoutMs) connection.webSocket.terminate()
      continue
    }
    if (nowMs - connection.heardAtMs > silenceMsMax) {
      connection.webSocket.terminate()
      continue
    }
    watchExpiry(state, connection, wallMs)
    for (const entry of connection.entries.values()) {
      // One whose read failed is tried again until it works.
      const isStuck = entry.state === 'behind' && !entry.isReading && connection.lagging === undefined
      if (isStuck) void entry.channel?.catchUp(entry).catch(() => undefined)
    }
  }
}

function watchExpiry(state: State, connection: Connection, wallMs: number): void {
  const { expiresAtMs } = connection
  if (expiresAtMs === undefined) return
  const isToken = connection.credential.kind === 'bearer' // the end of a cookie's session moves as it is used
  if (wallMs >= expiresAtMs) {
    connection.expiresAtMs = wallMs + sweepMs
    check(state, connection)
  } else if (isToken && !connection.isAskedToReauth && expiresAtMs - wallMs < realtimeLimits.reauthNoticeMs) {
    connection.isAskedToReauth = true
    answer(connection, { t: 'reauth', inMs: Math.round(expiresAtMs - wallMs) })
  }
}

/** Goes on with slow readers that have caught up, cuts off those that stand still, minds the silence of the feed. */
export function wake(state: State): void {
  const { hub, watch } = state.options
  hub.mute(watch !== undefined && watch.silentMs() > silentMsMax)
  const nowMs = performance.now()
  for (const connection of state.lagging) {
    const buffered = connection.socket.writableLength
    if (hasCaughtUp(connection)) {
      const entries = connection.lagging ?? []
      connection.lagging = undefined
      state.lagging.delete(connection)
      for (const entry of entries) void entry.channel?.catchUp(entry).catch(() => undefined)
    } else if (buffered < connection.stuckBytes) {
      connection.stuckBytes = buffered
      connection.stuckSinceMs = nowMs
    } else if (nowMs - connection.stuckSinceMs > stuckMsMax) {
      state.measures.slow.add()
      connection.webSocket.terminate()
    }
  }
}

/** One socket at a time: opened, introduced, watched, and reopened whenever it is lost. */
import { type ClientFrame, closeCodes, realtimeLimits, realtimeVersion, type ServerFrame } from '@octet/contracts'
import { type Backoff, pauseMs } from './backoff.ts'
import { type Cell, createCell, type Observable } from './observable.ts'
import type { PageEvents, SocketLike } from './socket.ts'

export type ConnectionState =
  /** Not started, or closed by its owner. */
  | { readonly kind: 'closed' }
  | { readonly kind: 'connecting'; readonly failures: number }
  | { readonly kind: 'open'; readonly user: string }
  /** Lost; retried at `retryAtMs` (Unix milliseconds). */
  | { readonly kind: 'waiting'; readonly failures: number; readonly retryAtMs: number }
  /** A retry would not help: call `connect()` when the reason is gone. */
  | { readonly kind: 'stopped'; readonly reason: 'signed-out' | 'outdated' | 'other-user' }

export type Welcome = Extract<ServerFrame, { t: 'welcome' }>

export interface LinkOptions {
  readonly url: () => string
  readonly openSocket: (url: string) => SocketLike
  readonly token: (() => Promise<string | undefined> | string | undefined) | undefined
  readonly device: () => string | undefined
  readonly backoff: Backoff
  readonly random: () => number
  readonly page: PageEvents | undefined
  readonly onError: (error: unknown) => void
  readonly onUp: (welcome: Welcome) => void
  readonly onFrame: (frame: ServerFrame) => void
  readonly onDown: () => void
}

export interface Link {
  readonly state: Observable<ConnectionState>
  start(): void
  stop(): void
  /** Checks within seconds that the connection is alive; shortens the wait for the next attempt. */
  check(): void
  /** False while there is no connection. */
  send(frame: ClientFrame): boolean
}

const welcomeTimeoutMs = 10_000
/** After so much silence following a ping, a connection counts as lost, whatever the socket reports. */
const pongTimeoutMs = 10_000
const hurriedPongTimeoutMs = 4_000
/** A connection that lasted this long was stable: the next attempts start with short pauses again. */
const goodMs = 5_000
const hurryMs = 500
const floodPauseMs = 10_000
/** A refused token may have been about to expire; one fresh token is tried. */
const refusalsMax = 2
const hurryEvents = ['online', 'focus', 'pageshow']
const goingAway = 1000

interface Attempt {
  socket: SocketLike | undefined
  isOver: boolean
  openSinceMs: number | undefined
  comeBackAtMs: number | undefined
  timer: ReturnType<typeof setTimeout> | undefined
  pongTimer: ReturnType<typeof setTimeout> | undefined
  heartbeatMs: number
  pings: number
}

interface State {
  readonly options: LinkOptions
  readonly cell: Cell<ConnectionState>
  attempt: Attempt | undefined
  user: string | undefined
  failures: number
  refusals: number
  retryTimer: ReturnType<typeof setTimeout> | undefined
  readonly onHurry: () => void
}

/** A link that does nothing until `start`. */
export function createLink(options: LinkOptions): Link {
  const state: State = {
    options,
    cell: createCell<ConnectionState>({ kind: 'closed' }),
    attempt: undefined,
    user: undefined,
    failures: 0,
    refusals: 0,
    retryTimer: undefined,
    onHurry: () => check(state),
  }
  return {
    state: state.cell,
    start() {
      const { kind } = state.cell.get()
      if (kind !== 'closed' && kind !== 'stopped') return
      for (const type of hurryEvents) options.page?.addEventListener(type, state.onHurry)
      options.page?.addEventListener('offline', state.onHurry)
      state.failures = 0
      state.refusals = 0
      open(state)
    },
    stop: () => halt(state, { kind: 'closed' }),
    check: () => check(state),
    send(frame) {
      if (state.cell.get().kind !== 'open' || state.attempt === undefined) return false
      return write(state.attempt, frame)
    },
  }
}

function write({ socket }: Attempt, frame: ClientFrame): boolean {
  try {
    socket?.send(JSON.stringify(frame))
    return socket !== undefined
  } catch {
    return false // it is closing; `close` follows
  }
}

function open(state: State): void {
  const { options } = state
  clearTimeout(state.retryTimer)
  const attempt: Attempt = {
    socket: undefined,
    isOver: false,
    openSinceMs: undefined,
    comeBackAtMs: undefined,
    timer: undefined,
    pongTimer: undefined,
    heartbeatMs: realtimeLimits.heartbeatMs,
    pings: 0,
  }
  state.attempt = attempt
  state.cell.set({ kind: 'connecting', failures: state.failures })
  attempt.timer = setTimeout(() => lose(state, attempt), welcomeTimeoutMs)
  introduce(state, attempt).catch(error => {
    options.onError(error)
    lose(state, attempt)
  })
}

async function introduce(state: State, attempt: Attempt): Promise<void> {
  const { openSocket, url, token, device } = state.options
  const shown = await token?.()
  if (attempt.isOver) return
  const socket = openSocket(url())
  attempt.socket = socket
  socket.addEventListener('error', () => undefined) // `close` follows
  socket.addEventListener('close', ({ code }) => end(state, attempt, code ?? 1006))
  socket.addEventListener('open', () => {
    const hello = { t: 'hello', v: realtimeVersion, device: device() } as const
    if (!attempt.isOver) write(attempt, shown === undefined ? hello : { ...hello, token: shown })
  })
  socket.addEventListener('message', ({ data }) => {
    if (attempt.isOver) return
    clearTimeout(attempt.pongTimer)
    attempt.pongTimer = undefined
    const frame = read(data)
    if (frame !== undefined) receive(state, attempt, frame)
  })
}

function read(data: unknown): ServerFrame | undefined {
  try {
    return JSON.parse(String(data)) as ServerFrame
  } catch {
    return undefined
  }
}

function receive(state: State, attempt: Attempt, frame: ServerFrame): void {
  switch (frame.t) {
    case 'welcome':
      welcome(state, attempt, frame)
      return
    case 'pong':
    case 'authed':
      return
    case 'reauth':
      renew(state, attempt)
      return
    case 'drain':
      attempt.comeBackAtMs = performance.now() + frame.retryMs
      return
    default:
      if (attempt.openSinceMs !== undefined) state.options.onFrame(frame)
  }
}

function welcome(state: State, attempt: Attempt, frame: Welcome): void {
  if (state.user !== undefined && state.user !== frame.user) {
    halt(state, { kind: 'stopped', reason: 'other-user' })
    return
  }
  state.user = frame.user
  state.refusals = 0
  attempt.openSinceMs = performance.now()
  attempt.heartbeatMs = frame.heartbeatMs
  clearTimeout(attempt.timer)
  beat(state, attempt, state.options.random() * frame.heartbeatMs)
  state.cell.set({ kind: 'open', user: frame.user })
  state.options.onUp(frame)
}

/** Pings; the first one at a random time of the interval, so that clients of one server do not ping in step. */
function beat(state: State, attempt: Attempt, inMs: number): void {
  attempt.timer = setTimeout(() => {
    ping(state, attempt, pongTimeoutMs)
    beat(state, attempt, attempt.heartbeatMs)
  }, inMs)
}

function ping(state: State, attempt: Attempt, timeoutMs: number): void {
  write(attempt, { t: 'ping', n: ++attempt.pings })
  clearTimeout(attempt.pongTimer)
  attempt.pongTimer = setTimeout(() => lose(state, attempt), timeoutMs)
}

function renew(state: State, attempt: Attempt): void {
  const { token, onError } = state.options
  if (token === undefined) return
  Promise.resolve()
    .then(token)
    .then(fresh => {
      if (!attempt.isOver && fresh !== undefined) write(attempt, { t: 'auth', token: fresh })
    })
    .catch(onError) // the connection ends with the old token, and the next begins with a new one
}

function check(state: State): void {
  const { attempt } = state
  if (attempt?.openSinceMs !== undefined) ping(state, attempt, hurriedPongTimeoutMs)
  else if (state.cell.get().kind === 'waiting') wait(state, state.options.random() * hurryMs)
}

/** Abandons a connection without waiting for the other side. */
function lose(state: State, attempt: Attempt): void {
  const { socket } = attempt
  end(state, attempt, 1006)
  try {
    socket?.close()
  } catch {
    // It was never open.
  }
}

function finish(state: State, attempt: Attempt): void {
  attempt.isOver = true
  clearTimeout(attempt.timer)
  clearTimeout(attempt.pongTimer)
  if (state.attempt === attempt) state.attempt = undefined
}

function end(state: State, attempt: Attempt, code: number): void {
  if (attempt.isOver) return
  finish(state, attempt)
  const wasOpen = attempt.openSinceMs !== undefined
  const wasGood = wasOpen && performance.now() - (attempt.openSinceMs ?? 0) >= goodMs
  const { options } = state
  const failures = wasGood ? 0 : state.failures
  state.failures = failures + 1
  const isRefused = code === closeCodes.unauthenticated
  if (isRefused && (options.token === undefined || ++state.refusals >= refusalsMax)) {
    halt(state, { kind: 'stopped', reason: 'signed-out' })
  } else if (code === closeCodes.badHello) {
    halt(state, { kind: 'stopped', reason: 'outdated' })
  } else {
    const drainedMs = attempt.comeBackAtMs === undefined ? undefined : attempt.comeBackAtMs - performance.now()
    const leastMs = code === closeCodes.flooding ? floodPauseMs : 0
    wait(state, drainedMs ?? leastMs + pauseMs(failures, options.backoff, options.random))
  }
  if (wasOpen) options.onDown()
}

function wait(state: State, inMs: number): void {
  clearTimeout(state.retryTimer)
  const pause = Math.max(0, Math.round(inMs))
  state.retryTimer = setTimeout(() => open(state), pause)
  state.cell.set({ kind: 'waiting', failures: state.failures, retryAtMs: Date.now() + pause })
}

function halt(state: State, to: ConnectionState): void {
  const { attempt, options } = state
  clearTimeout(state.retryTimer)
  for (const type of hurryEvents) options.page?.removeEventListener(type, state.onHurry)
  options.page?.removeEventListener('offline', state.onHurry)
  const wasOpen = attempt?.openSinceMs !== undefined
  if (attempt !== undefined) {
    finish(state, attempt)
    try {
      attempt.socket?.close(goingAway)
    } catch {
      // It was never open.
    }
  }
  state.cell.set(to)
  if (wasOpen) options.onDown()
}

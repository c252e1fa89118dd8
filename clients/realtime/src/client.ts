/** The client of `/realtime`: follows streams, sends commands, and keeps its connection. */
import {
  type ClientFrame,
  type Contract,
  type Problem,
  realtimeLimits,
  type ServerFrame,
  type StreamKind,
  type StreamPosition,
} from '@octet/contracts'
import { type Backoff, defaultBackoff } from './backoff.ts'
import { createFollower, type Follower } from './follower.ts'
import { type ConnectionState, createLink, type Link } from './link.ts'
import { newId } from './new-id.ts'
import type { Observable } from './observable.ts'
import { createOutbox, type Outbox } from './outbox.ts'
import { type KeptSend, memoryOutbox, type OutboxStorage } from './outbox-storage.ts'
import type { PageEvents, SocketLike } from './socket.ts'
import type {
  CommandBody,
  CommandOutput,
  CommandType,
  EventOf,
  Listener,
  NewsOf,
  RelayBody,
  RelayType,
} from './types.ts'

export interface RealtimeClientOptions {
  /** `wss://…/realtime`; `realtimeUrl(location.href)` on a page. */
  readonly url: string | (() => string)
  /** Opens a socket; by default the platform's own `WebSocket`. */
  readonly openSocket?: (url: string) => SocketLike
  /** A fresh access token, for programs; called before each connection and before a token expires. */
  readonly token?: () => Promise<string | undefined> | string | undefined
  /** Storage of sends; by default they end with the program. */
  readonly outbox?: OutboxStorage
  readonly backoff?: Backoff
  readonly random?: () => number
  /** `window`: its events shorten the wait for the next attempt. */
  readonly page?: PageEvents
  /** Errors of listeners, failed loads, a full storage: everything was or will be retried. */
  readonly onError?: (error: unknown) => void
  /** A send was refused permanently, perhaps one of a closed page. */
  readonly onRefused?: (send: KeptSend, problem: Problem) => void
}

export interface Sending<T> {
  readonly cmid: string
  /** Resolves after the commit; rejects with a `Problem` when it is refused permanently. Need not be awaited. */
  readonly sent: Promise<T>
}

export interface Following {
  /** The last event passed to the listener. */
  readonly position: StreamPosition | undefined
  /** True once the server has confirmed the subscription. */
  readonly isLive: boolean
  stop(): void
}

/** One stream of a contract. */
export interface Stream<C extends Contract, K extends StreamKind<C>> {
  readonly name: string
  /** Follows the stream until `stop`; one follower at a time. */
  follow(listener: Listener<EventOf<C, K>, NewsOf<C, K>>): Following
  /** Sends a command, now or after connecting. Your own id makes a repetition harmless. */
  send<T extends CommandType<C, K>>(
    type: T,
    body: CommandBody<C, K, T>,
    options?: { readonly cmid?: string },
  ): Sending<CommandOutput<C, K, T>>
  /** Relays to the other subscribers; false when there is no connection. Nothing is stored. */
  relay<T extends RelayType<C, K>>(type: T, body: RelayBody<C, K, T>): boolean
}

export interface RealtimeClient {
  readonly state: Observable<ConnectionState>
  /** Sends without an answer, oldest first. */
  readonly waiting: Observable<readonly KeptSend[]>
  /** Connects, and stays connected until `close`. Call again after `stopped`, when its reason is gone. */
  connect(): void
  close(): void
  /** Checks that the connection is still alive. */
  check(): void
  /** Removes a send from the outbox; one that has left may still be executed. */
  discard(cmid: string): void
  stream<C extends Contract, K extends StreamKind<C>>(contract: C, kind: K, key: string): Stream<C, K>
}

/** The endpoint of the installation that a page came from. */
export function realtimeUrl(pageUrl: string): string {
  const url = new URL('/realtime', pageUrl)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return url.href
}

interface State {
  readonly options: RealtimeClientOptions
  readonly link: Link
  readonly outbox: Outbox
  readonly contracts: Map<string, Contract>
  readonly followers: Map<string, Follower>
  readonly repairs: Map<string, Follower>
  /** Streams to subscribe to in the next frame. */
  readonly joining: Set<Follower>
  isFlushing: boolean
  isWanted: boolean
  readonly timers: Set<ReturnType<typeof setTimeout>>
}

const subscribeAgainMs = 1_000
const openSocketDefault = (url: string): SocketLike => new WebSocket(url)

/** A client that does nothing until `connect`. */
export function createRealtimeClient(options: RealtimeClientOptions): RealtimeClient {
  const { url, random = Math.random, onError = () => undefined } = options
  const send = (frame: ClientFrame) => state.link.send(frame)
  const outbox = createOutbox({
    storage: options.outbox ?? memoryOutbox(),
    send,
    problemSpec: (stream, code) => problemSpec(state, stream, code),
    onError,
    onRefused: options.onRefused ?? (() => undefined),
  })
  const link = createLink({
    url: typeof url === 'string' ? () => url : url,
    openSocket: options.openSocket ?? openSocketDefault,
    token: options.token,
    device: outbox.device,
    backoff: options.backoff ?? defaultBackoff,
    random,
    page: options.page,
    onError,
    onUp() {
      for (const follower of state.followers.values()) join(state, follower)
      outbox.up()
    },
    onFrame: frame => receive(state, frame),
    onDown() {
      state.repairs.clear()
      state.joining.clear()
      for (const follower of state.followers.values()) follower.down()
      outbox.down()
    },
  })
  const state: State = {
    options: { ...options, random, onError },
    link,
    outbox,
    contracts: new Map(),
    followers: new Map(),
    repairs: new Map(),
    joining: new Set(),
    isFlushing: false,
    isWanted: false,
    timers: new Set(),
  }
  return {
    state: link.state,
    waiting: outbox.waiting,
    connect() {
      state.isWanted = true
      outbox.open().then(() => state.isWanted && link.start(), onError)
    },
    close() {
      state.isWanted = false
      link.stop()
      for (const timer of state.timers) clearTimeout(timer)
      for (const follower of state.followers.values()) follower.stop()
      state.followers.clear()
      outbox.close()
    },
    check: () => link.check(),
    discard: cmid => outbox.discard(cmid),
    stream: (contract, kind, key) => streamOf(state, contract, kind, key),
  }
}

function problemSpec(state: State, stream: string, code: string) {
  const [module = ''] = stream.split(':')
  const problems = state.contracts.get(module)?.problems ?? {}
  return code.startsWith(`${module}.`) ? problems[code.slice(module.length + 1)] : undefined
}

function streamOf<C extends Contract, K extends StreamKind<C>>(
  state: State,
  contract: C,
  kind: K,
  key: string,
): Stream<C, K> {
  state.contracts.set(contract.name, contract)
  const name = `${contract.name}:${kind}:${key}`
  return {
    name,
    follow: listener => follow(state, name, listener as Listener),
    send(type, body, { cmid = newId() } = {}) {
      const isOrdered = contract.streams?.[kind]?.commands?.[type]?.ordered === true
      const sent = state.outbox.add({ cmid, stream: name, type, body: { ...body } }, isOrdered)
      sent.catch(() => undefined) // reported by `onRefused` too
      return { cmid, sent: sent as Promise<never> }
    },
    relay(type, body) {
      if (state.followers.get(name)?.isLive !== true) return false
      return state.link.send({ t: 'relay', stream: name, type, body: body as Record<string, unknown> })
    },
  }
}

function follow(state: State, stream: string, listener: Listener): Following {
  if (state.followers.has(stream)) throw new Error(`${stream} is followed already; stop that first`)
  const { random = Math.random, onError = () => undefined } = state.options
  const follower = createFollower({
    stream,
    listener,
    random,
    newRid(asker) {
      const rid = newId()
      state.repairs.set(rid, asker)
      return rid
    },
    send: frame => state.link.send(frame),
    onError,
  })
  state.followers.set(stream, follower)
  join(state, follower)
  return {
    get position() {
      return follower.position
    },
    get isLive() {
      return follower.isLive
    },
    stop() {
      if (state.followers.get(stream) !== follower) return
      state.followers.delete(stream)
      state.joining.delete(follower)
      follower.stop()
      state.link.send({ t: 'unsub', streams: [stream] })
    },
  }
}

function isUp(state: State): boolean {
  return state.link.state.get().kind === 'open'
}

/** Subscribes, together with all other subscriptions of this turn of the event loop. */
function join(state: State, follower: Follower): void {
  if (!isUp(state)) return
  state.joining.add(follower)
  if (state.isFlushing) return
  state.isFlushing = true
  queueMicrotask(() => {
    state.isFlushing = false
    const all = [...state.joining]
    state.joining.clear()
    while (all.length > 0) subscribe(state, all.splice(0, realtimeLimits.streamsPerFrameMax))
  })
}

function subscribe(state: State, followers: readonly Follower[]): void {
  const wanted = followers.filter(follower => state.followers.get(follower.stream) === follower)
  if (wanted.length === 0) return
  const streams = Object.fromEntries(wanted.map(follower => [follower.stream, follower.resumeFrom()]))
  if (state.link.send({ t: 'sub', streams })) for (const follower of wanted) follower.joining()
}

function joinLater(state: State, followers: readonly Follower[], inMs: number): void {
  const timer = setTimeout(() => {
    state.timers.delete(timer)
    for (const follower of followers) {
      if (state.followers.get(follower.stream) === follower && !follower.isLive) join(state, follower)
    }
  }, inMs)
  state.timers.add(timer)
}

function receive(state: State, frame: ServerFrame): void {
  switch (frame.t) {
    case 'event':
    case 'events':
    case 'subscribed':
    case 'unsubscribed':
    case 'reset':
    case 'relay': {
      if ('rid' in frame && frame.rid !== undefined) state.repairs.delete(frame.rid)
      const follower = state.followers.get(frame.stream)
      follower?.receive(frame)
      if (frame.t === 'unsubscribed') forget(state, follower)
      return
    }
    case 'heads':
      for (const [stream, seq] of Object.entries(frame.heads)) state.followers.get(stream)?.head(seq)
      return
    case 'sent':
      state.outbox.answer(frame)
      return
    case 'err':
      receiveErr(state, frame)
      return
    default:
      return // answered in the link, or newer than this client
  }
}

function receiveErr(state: State, frame: Extract<ServerFrame, { t: 'err' }>): void {
  if (state.outbox.answer(frame)) return
  const { ref, retryMs } = frame
  const repairing = state.repairs.get(ref)
  if (repairing !== undefined) {
    state.repairs.delete(ref)
    repairing.refused(frame, true)
    return
  }
  if (ref === 'sub') {
    const all = [...state.followers.values()].filter(({ isLive }) => !isLive)
    joinLater(state, all, retryMs ?? subscribeAgainMs)
    return
  }
  const follower = state.followers.get(ref)
  if (follower === undefined || follower.isLive) return
  follower.refused(frame, false)
  if (retryMs === undefined) forget(state, follower)
  else joinLater(state, [follower], retryMs)
}

function forget(state: State, follower: Follower | undefined): void {
  if (follower !== undefined && state.followers.get(follower.stream) === follower)
    state.followers.delete(follower.stream)
}

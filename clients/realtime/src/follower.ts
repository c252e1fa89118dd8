/** Follows one stream: orders its events, repairs gaps, and passes each event on once. */
import type { ClientFrame, LogEvent, ServerFrame, StreamPosition } from '@octet/contracts'
import type { Listener, Start } from './types.ts'

export interface FollowerParts {
  readonly stream: string
  readonly listener: Listener
  readonly random: () => number
  readonly newRid: (follower: Follower) => string
  readonly send: (frame: ClientFrame) => boolean
  readonly onError: (error: unknown) => void
}

export type FollowerFrame = Extract<
  ServerFrame,
  { t: 'subscribed' | 'unsubscribed' | 'event' | 'events' | 'reset' | 'relay' }
>

export interface Follower {
  readonly stream: string
  /** The last event passed on. */
  readonly position: StreamPosition | undefined
  readonly isLive: boolean
  /** Position to subscribe from; `null` is the end of the log. */
  resumeFrom(): StreamPosition | null
  /** Connected, and the subscription is requested. */
  joining(): void
  /** Disconnected. */
  down(): void
  receive(frame: FollowerFrame): void
  /** The head of the log, as the server reports it. */
  head(seq: number): void
  /** The subscription or a repair was refused. With `retryMs` a retry may succeed. */
  refused(frame: Extract<ServerFrame, { t: 'err' }>, isRepair: boolean): void
  stop(): void
}

/** Events waiting to be passed on; further ones are read again later. */
const queueMax = 2_000
/** Early events; a server sends none, so this bounds unforeseen cases. */
const earlyMax = 500
/** A head usually arrives just before or after the event itself. */
const tailWaitMs = 500
const repairTimeoutMs = 10_000
const againMs = 1_000
const againMsMax = 30_000

interface State {
  readonly parts: FollowerParts
  readonly self: Follower
  phase: 'down' | 'joining' | 'live' | 'ended'
  epoch: string | undefined
  position: StreamPosition | undefined
  /** The last event in the queue, or, with an empty queue, the last one passed on. */
  queued: number
  /** The log is known to reach this far. */
  wanted: number
  queue: LogEvent[]
  readonly early: Map<number, LogEvent>
  /** During a load: the position from which the subscription can resume. */
  loading: StreamPosition | undefined
  /** The last call of `load`; settles with it. */
  lastLoad: Promise<unknown>
  /** Increases whenever the state built so far becomes invalid. */
  generation: number
  isHanding: boolean
  isRepairing: boolean
  failures: number
  readonly timers: Map<TimerName, { readonly timer: ReturnType<typeof setTimeout>; readonly work: () => void }>
}

type TimerName = 'load' | 'hand' | 'repair' | 'tail'

/** A follower that does nothing until it is connected. */
export function createFollower(parts: FollowerParts): Follower {
  const { from } = parts.listener
  const self: Follower = {
    stream: parts.stream,
    get position() {
      return state.position
    },
    get isLive() {
      return state.phase === 'live'
    },
    resumeFrom() {
      if (state.loading !== undefined) return state.loading
      return state.position === undefined ? null : { epoch: state.position.epoch, seq: state.queued }
    },
    joining() {
      if (state.phase !== 'ended') state.phase = 'joining'
    },
    down() {
      if (state.phase !== 'ended') state.phase = 'down'
      settleRepair(state)
      state.early.clear()
      clear(state, 'tail')
    },
    receive: frame => receive(state, frame),
    head: seq => seeHead(state, seq),
    refused: (frame, isRepair) => refused(state, frame, isRepair),
    stop() {
      state.phase = 'ended'
      state.generation++
      for (const { timer } of state.timers.values()) clearTimeout(timer)
    },
  }
  const state: State = {
    parts,
    self,
    phase: 'down',
    epoch: from?.epoch,
    position: from,
    queued: from?.seq ?? 0,
    wanted: from?.seq ?? 0,
    queue: [],
    early: new Map(),
    loading: undefined,
    lastLoad: Promise.resolve(),
    generation: 0,
    isHanding: false,
    isRepairing: false,
    failures: 0,
    timers: new Map(),
  }
  return self
}

function later(state: State, name: TimerName, inMs: number, work: () => void): void {
  clear(state, name)
  const timer = setTimeout(() => {
    state.timers.delete(name)
    work()
  }, inMs)
  state.timers.set(name, { timer, work })
}

/** Repeats now what was scheduled for later. */
function hurry(state: State, name: TimerName): void {
  const waiting = state.timers.get(name)
  if (waiting !== undefined) later(state, name, 0, waiting.work)
}

function clear({ timers }: State, name: TimerName): void {
  clearTimeout(timers.get(name)?.timer)
  timers.delete(name)
}

function receive(state: State, frame: FollowerFrame): void {
  if (state.phase === 'ended') return
  switch (frame.t) {
    case 'subscribed':
      subscribed(state, frame)
      return
    case 'reset':
      settleRepair(state)
      state.phase = 'live'
      begin(state, { epoch: frame.epoch, seq: frame.seq, reason: frame.reason })
      return
    case 'event': {
      // Events before the answer to our subscription belong to an earlier one.
      if (state.phase !== 'live') return
      take(state, frame.epoch, [eventOf(frame)])
      return
    }
    case 'events': {
      if (frame.rid !== undefined) settleRepair(state)
      if (state.phase !== 'live') return
      take(state, frame.epoch, frame.list)
      if (frame.rid !== undefined && (frame.more === true || state.wanted > state.queued)) repair(state)
      return
    }
    case 'relay': {
      const { t: _t, stream: _stream, ...news } = frame
      attempt(state, () => state.parts.listener.onNews?.(news))
      return
    }
    case 'unsubscribed':
      finish(state, frame.code)
      return
    default:
      frame satisfies never
  }
}

function eventOf({ t: _t, stream: _stream, epoch: _epoch, ...event }: Extract<FollowerFrame, { t: 'event' }>) {
  return event as LogEvent
}

function subscribed(state: State, frame: Extract<FollowerFrame, { t: 'subscribed' }>): void {
  state.phase = 'live'
  if (frame.ephemeral === true) return
  const { epoch, seq, head } = frame
  if (state.position === undefined && state.loading === undefined) begin(state, { epoch, seq, reason: 'fresh' })
  else {
    adopt(state, epoch)
    seeHead(state, head)
  }
  // The connection is back, so a failed load can be repeated.
  hurry(state, 'load')
}

/** The state is invalid or missing: load it, and continue from there. */
function begin(state: State, start: Start): void {
  const generation = ++state.generation
  clear(state, 'load')
  state.epoch = start.epoch
  state.queue = []
  state.early.clear()
  state.position = undefined
  state.queued = start.seq
  state.wanted = start.seq
  const { epoch } = start
  const { load } = state.parts.listener
  if (load === undefined) {
    moveTo(state, { epoch, seq: start.seq })
    return
  }
  state.loading = { epoch, seq: start.seq }
  // One after the other: a late answer would replace a newer state by an older one.
  const loading = state.lastLoad.then(() => (generation === state.generation ? load(start) : undefined))
  state.lastLoad = loading.catch(() => undefined)
  loading
    .then(loaded => {
      if (generation !== state.generation) return
      state.loading = undefined
      state.failures = 0
      skipTo(state, loaded?.seq ?? start.seq)
      moveTo(state, { epoch: state.epoch ?? epoch, seq: loaded?.seq ?? start.seq })
      handOver(state)
      if (state.wanted > state.queued) repair(state)
    })
    .catch(error => {
      if (generation !== state.generation) return
      state.parts.onError(error)
      again(state, 'load', () => begin(state, start))
    })
}

/** The loaded state includes everything up to `seq`; later events still count. */
function skipTo(state: State, seq: number): void {
  const waiting = [...state.queue, ...state.early.values()]
  state.queue = []
  state.early.clear()
  state.queued = seq
  for (const event of waiting) enqueue(state, event)
}

function again(state: State, name: 'load' | 'hand', work: () => void): void {
  const pause = Math.min(againMsMax, againMs * 2 ** Math.min(state.failures++, 10))
  later(state, name, pause, work)
}

function moveTo(state: State, position: StreamPosition): void {
  state.position = position
  attempt(state, () => state.parts.listener.onPosition?.(position))
}

/** A listener's error must not stop the stream. */
function attempt(state: State, work: () => unknown): void {
  try {
    work()
  } catch (error) {
    state.parts.onError(error)
  }
}

function take(state: State, epoch: string, list: readonly LogEvent[]): void {
  if (epoch !== state.epoch) {
    adopt(state, epoch)
    if (epoch !== state.epoch) {
      repair(state)
      return
    }
  }
  for (const event of list) enqueue(state, event)
  handOver(state)
  if (state.early.size > 0) repair(state)
}

/** A subscriber before the first event got no epoch. */
function adopt(state: State, epoch: string): void {
  if (state.epoch !== '' || state.queued !== 0) return
  state.epoch = epoch
  if (state.position !== undefined) state.position = { epoch, seq: state.position.seq }
  if (state.loading !== undefined) state.loading = { epoch, seq: state.loading.seq }
}

function enqueue(state: State, event: LogEvent): void {
  const { seq } = event
  if (seq > state.wanted) state.wanted = seq
  if (seq <= state.queued) return
  if (seq > state.queued + 1) {
    if (state.early.size < earlyMax) state.early.set(seq, event)
    return
  }
  if (state.queue.length >= queueMax) return
  push(state, event)
  for (let next = state.early.get(state.queued + 1); next !== undefined; next = state.early.get(state.queued + 1)) {
    push(state, next)
  }
}

function push(state: State, event: LogEvent): void {
  state.queue.push(event)
  state.queued = event.seq
  state.early.delete(event.seq)
}

function seeHead(state: State, seq: number): void {
  if (state.phase !== 'live' || seq <= state.wanted) return
  // Lost or late? It is requested when it has not arrived after a short wait.
  if (state.timers.has('tail')) return
  later(state, 'tail', tailWaitMs, () => {
    state.wanted = Math.max(state.wanted, seq)
    if (state.queued < state.wanted) repair(state)
  })
}

/** Reads the log from the end of the queue. One read at a time; a full queue is emptied first. */
function repair(state: State): void {
  if (state.isRepairing || state.phase !== 'live' || state.loading !== undefined) return
  if (state.queue.length >= queueMax) return
  const { parts, epoch = '' } = state
  const rid = parts.newRid(state.self)
  if (!parts.send({ t: 'sync', rid, stream: parts.stream, epoch, after: state.queued })) return
  state.isRepairing = true
  later(state, 'repair', repairTimeoutMs, () => {
    settleRepair(state)
    repair(state)
  })
}

function settleRepair(state: State): void {
  state.isRepairing = false
  clear(state, 'repair')
}

function refused(state: State, { retryMs, code }: { retryMs?: number; code: string }, isRepair: boolean): void {
  if (isRepair) {
    settleRepair(state)
    // `not-found`: the subscription is suspended or ended; the server reports the latter.
    later(state, 'repair', retryMs ?? againMs, () => repair(state))
  } else if (state.phase === 'joining' && retryMs === undefined) finish(state, code)
}

function finish(state: State, code: string): void {
  state.self.stop()
  attempt(state, () => state.parts.listener.onEnd?.(code))
}

/** Passes the queue on, one event after the other. */
function handOver(state: State): void {
  if (state.isHanding || state.loading !== undefined || state.queue.length === 0) return
  state.isHanding = true
  const { generation } = state
  work(state, generation)
    .then(
      () => {
        state.failures = 0
      },
      error => {
        state.parts.onError(error)
        return new Promise<void>(resolve => again(state, 'hand', resolve))
      },
    )
    .then(() => {
      state.isHanding = false
      if (state.phase !== 'ended') handOver(state)
    })
}

async function work(state: State, generation: number): Promise<void> {
  const { on } = state.parts.listener
  for (let event = state.queue[0]; event !== undefined; event = state.queue[0]) {
    const done = on?.(event)
    if (done instanceof Promise) await done
    if (generation !== state.generation) return
    const wasFull = state.queue.length >= queueMax
    state.queue.shift()
    moveTo(state, { epoch: state.epoch ?? '', seq: event.seq })
    if (wasFull) later(state, 'repair', 0, () => repair(state))
  }
}

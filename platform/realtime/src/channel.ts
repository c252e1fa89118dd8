/**
 * One durable stream in this process: how far it has been delivered, and to whom. Subscribers are given events in order
 * and without gaps or not at all. What arrives out of order waits a moment; what does not arrive is read from the log.
 */
import type { LogEvent } from '@octet/contracts'
import type { StreamHead } from '@octet/db'
import { eventPacket, eventsPackets, framePacket, type Packet } from './outgoing.ts'
import { concerns, type StreamRef } from './streams.ts'

/** One connection, as the streams see it. */
export interface Outlet {
  readonly userId: string
  /** Takes bytes; false and nothing taken while the reader is slow: the subscription is woken when it has caught up. */
  write(packet: Packet, subscription: Subscription): boolean
  /** Takes bytes, or drops them while the reader is slow. */
  writeLossy(packet: Packet): void
  /** Asks `join` again; resolves when the subscription may go on, and ends it otherwise. */
  rejoin(subscription: Subscription): Promise<void>
}

/** One connection's interest in a stream. */
export interface Subscription {
  readonly outlet: Outlet
  /** `joining`: may it be here? `behind`: reads the log. `live`: has everything so far. `ended`: gone. */
  state: 'joining' | 'behind' | 'live' | 'ended'
  /** The last event given to it. */
  seq: number
  /** Rights may have changed while `join` was asked: ask again. */
  mustRejoin: boolean
  isReading: boolean
}

export interface Channel {
  readonly ref: StreamRef
  readonly epoch: string
  /** The last event known here. */
  readonly head: number
  readonly subscriptions: ReadonlySet<Subscription>
  add(subscription: Subscription): void
  remove(subscription: Subscription): void
  /** An event that was committed, in whatever order. */
  offer(epoch: string, event: LogEvent): void
  /** What somebody says the log's head is. `since` is the head this channel had before the database was asked. */
  see(head: { readonly epoch: string; readonly seq: number }, since?: number): void
  /** Brings a subscription that is `behind` up to date and makes it `live`. */
  catchUp(subscription: Subscription): Promise<void>
  /** Events after `after`; readers of one place share one read. `undefined`: they are no longer there. */
  read(after: number, limit: number): Promise<readonly LogEvent[] | undefined>
  /** Waits until the log has been read as far as it is known to reach, or could not be read. */
  settle(): Promise<void>
  /** Asks `join` again for the user's subscriptions, or for all. */
  recheck(userId?: string): void
  close(): void
}

export interface ChannelOptions {
  readonly ref: StreamRef
  readonly head: StreamHead | undefined
  /** While true nothing is delivered: a revocation may have been missed. */
  readonly isMuted: () => boolean
  readonly onError: (error: unknown) => void
  readonly onDelivered?: (subscribers: number) => void
}

/** Two processes may publish 6 before 5; the 5 usually comes within this. */
const gapWaitMs = 30
const earlyMax = 256
const pageMax = 200

interface State {
  readonly options: ChannelOptions
  readonly subscriptions: Set<Subscription>
  readonly early: Map<number, LogEvent>
  readonly reads: Map<string, Promise<readonly LogEvent[]>>
  epoch: string
  head: number
  /** The log is known to reach this far. */
  wanted: number
  filling: Promise<void> | undefined
  isClosed: boolean
  gapTimer: NodeJS.Timeout | undefined
}

/** A channel that stands at `head`. */
export function createChannel(options: ChannelOptions): Channel {
  const state: State = {
    options,
    subscriptions: new Set(),
    early: new Map(),
    reads: new Map(),
    epoch: options.head?.epoch ?? '',
    head: options.head?.seq ?? 0,
    wanted: options.head?.seq ?? 0,
    filling: undefined,
    isClosed: false,
    gapTimer: undefined,
  }
  return {
    ref: options.ref,
    get epoch() {
      return state.epoch
    },
    get head() {
      return state.head
    },
    subscriptions: state.subscriptions,
    add: subscription => void state.subscriptions.add(subscription),
    remove: subscription => void state.subscriptions.delete(subscription),
    offer: (epoch, event) => offer(state, epoch, event),
    see: (head, since) => see(state, head, since),
    catchUp: subscription => catchUp(state, subscription),
    read: (after, limit) => read(state, after, limit),
    async settle() {
      fill(state)
      await state.filling
    },
    recheck(userId) {
      for (const subscription of state.subscriptions) {
        if (userId === undefined || subscription.outlet.userId === userId) hold(state, subscription)
      }
    },
    close() {
      state.isClosed = true
      clearTimeout(state.gapTimer)
    },
  }
}

function offer(state: State, epoch: string, event: LogEvent): void {
  if (epoch !== state.epoch) {
    // The first event of a stream that had none; anything else means that the log was replaced.
    if (state.epoch !== '' || event.seq !== 1) {
      see(state, { epoch, seq: event.seq })
      return
    }
    state.epoch = epoch
  }
  if (event.seq <= state.head) return
  if (event.seq > state.head + 1) {
    if (state.early.size < earlyMax) state.early.set(event.seq, event)
    state.wanted = Math.max(state.wanted, event.seq)
    state.gapTimer ??= setTimeout(() => {
      state.gapTimer = undefined
      fill(state)
    }, gapWaitMs)
    return
  }
  deliver(state, event)
  deliverEarly(state)
}

function deliverEarly(state: State): void {
  for (;;) {
    const next = state.early.get(state.head + 1)
    if (next === undefined) break
    state.early.delete(next.seq)
    deliver(state, next)
  }
  for (const seq of state.early.keys()) if (seq <= state.head) state.early.delete(seq)
}

function see(
  state: State,
  { epoch, seq }: { readonly epoch: string; readonly seq: number },
  since = Number.NEGATIVE_INFINITY,
): void {
  if (epoch !== state.epoch) {
    const isFirst = state.epoch === '' && state.head === 0
    state.epoch = epoch
    if (!isFirst) {
      replace(state, seq)
      return
    }
  } else if (seq < since) {
    replace(state, seq)
    return
  }
  state.wanted = Math.max(state.wanted, seq)
  if (state.wanted > state.head) fill(state)
}

/** The log is another one now: everybody starts from its end. */
function replace(state: State, seq: number): void {
  state.head = seq
  state.wanted = seq
  state.early.clear()
  for (const subscription of state.subscriptions) resetOne(state, subscription, 'epoch')
}

function resetOne(state: State, subscription: Subscription, reason: 'epoch' | 'trimmed'): void {
  if (subscription.state === 'joining') subscription.seq = -1
  if (subscription.state !== 'live' && subscription.state !== 'behind') return
  const { epoch, head: seq } = state
  const packet = framePacket({ t: 'reset', stream: state.options.ref.name, epoch, seq, reason })
  // A slow reader finds out when it catches up: its position is then beyond, or no longer in, the log.
  if (subscription.outlet.write(packet, subscription)) {
    subscription.seq = seq
    subscription.state = 'live'
  } else {
    subscription.seq = -1
    subscription.state = 'behind'
  }
}

function fill(state: State): void {
  if (state.filling !== undefined || state.isClosed || state.head >= state.wanted) return
  state.filling = fillFromLog(state)
    .catch(state.options.onError) // the next look at the heads tries again
    .finally(() => {
      state.filling = undefined
    })
}

async function fillFromLog(state: State): Promise<void> {
  while (state.head < state.wanted && !state.isClosed) {
    const { head, epoch } = state
    const events = await read(state, head, pageMax)
    if (state.epoch !== epoch) continue
    if (events === undefined) return replaceTrimmed(state)
    if (events.length === 0) {
      state.wanted = state.head // somebody saw more than there is; the next look tells what is true
      return
    }
  }
}

function replaceTrimmed(state: State): void {
  state.head = state.wanted
  for (const subscription of state.subscriptions) resetOne(state, subscription, 'trimmed')
}

async function read(state: State, after: number, limit: number): Promise<readonly LogEvent[] | undefined> {
  const { ref } = state.options
  const { head, wanted, epoch } = state
  // A read that began when the log was known to be shorter may miss what this one must find.
  const place = `${after} ${limit} ${wanted}`
  let reading = state.reads.get(place)
  if (reading === undefined) {
    reading = ref.module.read(ref.name, { after, limit }).finally(() => state.reads.delete(place))
    state.reads.set(place, reading)
  }
  const events = await reading
  const [first] = events
  if (first === undefined) return after < head ? undefined : events
  if (first.seq !== after + 1) return undefined
  if (state.epoch === epoch) learn(state, events)
  return events
}

/** A page may reach further than was heard of here: whoever has it must not be ahead of the channel. */
function learn(state: State, events: readonly LogEvent[]): void {
  for (const event of events) if (event.seq === state.head + 1) deliver(state, event)
  deliverEarly(state)
}

function deliver(state: State, event: LogEvent): void {
  const { ref, isMuted, onDelivered } = state.options
  state.head = event.seq
  if (state.wanted < event.seq) state.wanted = event.seq
  const muted = isMuted()
  let packet: Packet | undefined
  let delivered = 0
  for (const subscription of state.subscriptions) {
    if (concerns(ref.spec, event, subscription.outlet.userId)) {
      hold(state, subscription)
      continue
    }
    if (subscription.state !== 'live') continue
    packet ??= eventPacket(ref.name, state.epoch, event)
    if (muted || !subscription.outlet.write(packet, subscription)) {
      subscription.state = 'behind'
      continue
    }
    subscription.seq = event.seq
    delivered++
  }
  onDelivered?.(delivered)
}

/** Gives it nothing more until `join` has let it through again. */
function hold(state: State, subscription: Subscription): void {
  if (subscription.state === 'ended') return
  subscription.mustRejoin = true
  if (subscription.state === 'joining') return
  subscription.state = 'joining'
  subscription.outlet
    .rejoin(subscription)
    .then(() => catchUp(state, subscription))
    .catch(state.options.onError)
}

async function catchUp(state: State, subscription: Subscription): Promise<void> {
  if (subscription.isReading) return
  subscription.isReading = true
  try {
    while (subscription.state === 'behind' && !state.options.isMuted()) {
      if (subscription.seq === state.head) {
        subscription.state = 'live'
        return
      }
      if (!(await giveNextPage(state, subscription))) return
    }
  } finally {
    subscription.isReading = false
  }
}

/** False: it is slow, held or gone, and will be woken if it is to go on. */
async function giveNextPage(state: State, subscription: Subscription): Promise<boolean> {
  const { ref } = state.options
  const { epoch } = state
  const from = subscription.seq
  const events = from < 0 || from > state.head ? undefined : await read(state, from, pageMax)
  if (subscription.state !== 'behind' || subscription.seq !== from) return subscription.state === 'behind'
  if (state.epoch !== epoch) return true
  if (events === undefined) {
    resetOne(state, subscription, from < 0 ? 'epoch' : 'trimmed')
    return (subscription.state as string) === 'live'
  }
  if (events.some(event => concerns(ref.spec, event, subscription.outlet.userId))) {
    subscription.mustRejoin = true
    subscription.state = 'joining'
    await subscription.outlet.rejoin(subscription)
    if ((subscription.state as string) !== 'behind') return false
  }
  for (const { packet, lastSeq } of eventsPackets(ref.name, epoch, events)) {
    if (!subscription.outlet.write(packet, subscription)) return false
    subscription.seq = lastSeq
  }
  return true
}

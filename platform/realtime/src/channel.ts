/**
 * One durable stream in this process: the last event delivered, and its subscribers. A subscriber gets events in order
 * and without gaps, or none. An event that arrives early waits briefly for the missing ones; then they are read from
 * the log.
 */
import type { LogEvent } from '@octet/contracts'
import type { StreamHead } from '@octet/db'
import { eventPacket, eventsPackets, framePacket, type Packet } from './outgoing.ts'
import { requiresRecheck, type StreamRef } from './streams.ts'
import { type Behind, type Channel, type DurableSubscription, suspend } from './subscription.ts'

export interface ChannelOptions {
  readonly ref: StreamRef
  readonly head: StreamHead | undefined
  /** While true, nothing is delivered, because a revocation may have been missed. */
  readonly isMuted: () => boolean
  readonly onError: (error: unknown) => void
  readonly onDelivered?: (subscribers: number) => void
}

/** Two processes may publish 6 before 5; the 5 usually arrives within this time. */
const gapWaitMs = 30
const earlyMax = 256
const pageMax = 200

interface State {
  readonly options: ChannelOptions
  readonly channel: Channel
  readonly subscriptions: Set<DurableSubscription>
  readonly early: Map<number, LogEvent>
  readonly reads: Map<string, Promise<readonly LogEvent[]>>
  epoch: string
  head: number
  /** The log is known to reach this position. */
  wanted: number
  filling: Promise<void> | undefined
  isClosed: boolean
  gapTimer: NodeJS.Timeout | undefined
}

/** Creates a channel whose position is `head`. */
export function createChannel(options: ChannelOptions): Channel {
  const subscriptions = new Set<DurableSubscription>()
  const channel: Channel = {
    ref: options.ref,
    get epoch() {
      return state.epoch
    },
    get head() {
      return state.head
    },
    subscriptions,
    add: subscription => void subscriptions.add(subscription),
    remove: subscription => void subscriptions.delete(subscription),
    offer: (epoch, event) => offer(state, epoch, event),
    learnHead: (head, since) => learnHead(state, head, since),
    catchUp: subscription => catchUp(state, subscription),
    read: (after, limit) => read(state, after, limit),
    async settle() {
      fill(state)
      await state.filling
    },
    recheck(userId) {
      for (const subscription of subscriptions) {
        if (userId === undefined || subscription.outlet.userId === userId) suspend(subscription)
      }
    },
    close() {
      state.isClosed = true
      clearTimeout(state.gapTimer)
    },
  }
  const state: State = {
    options,
    channel,
    subscriptions,
    early: new Map(),
    reads: new Map(),
    epoch: options.head?.epoch ?? '',
    head: options.head?.seq ?? 0,
    wanted: options.head?.seq ?? 0,
    filling: undefined,
    isClosed: false,
    gapTimer: undefined,
  }
  return channel
}

function offer(state: State, epoch: string, event: LogEvent): void {
  if (epoch !== state.epoch) {
    // The first event of an empty stream. In any other case the log was replaced.
    if (state.epoch !== '' || event.seq !== 1) {
      learnHead(state, { epoch, seq: event.seq })
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

function learnHead(
  state: State,
  { epoch, seq }: { readonly epoch: string; readonly seq: number },
  since = Number.NEGATIVE_INFINITY,
): void {
  if (epoch !== state.epoch) {
    const isFirst = state.epoch === '' && state.head === 0
    state.epoch = epoch
    if (!isFirst) {
      replaceLog(state, seq)
      return
    }
  } else if (seq < since) {
    replaceLog(state, seq)
    return
  }
  state.wanted = Math.max(state.wanted, seq)
  if (state.wanted > state.head) fill(state)
}

/** The log was replaced: all subscribers start from the end of the new one. */
function replaceLog(state: State, seq: number): void {
  state.head = seq
  state.wanted = seq
  state.early.clear()
  for (const subscription of state.subscriptions) reset(state, subscription, 'epoch')
}

function reset(state: State, subscription: DurableSubscription, reason: 'epoch' | 'trimmed'): void {
  const { phase } = subscription
  switch (phase.state) {
    case 'entering':
    case 'ended':
      return
    case 'joining':
      phase.seq = undefined
      return
    case 'behind':
    case 'live': {
      const { epoch, head: seq, channel } = state
      const packet = framePacket({ t: 'reset', stream: state.options.ref.name, epoch, seq, reason })
      // A slow reader is reset when it catches up; until then its position is invalid.
      subscription.phase = subscription.outlet.write(packet, subscription)
        ? { state: 'live', channel, seq }
        : { state: 'behind', channel, seq: undefined, isReading: false }
      return
    }
    default:
      phase satisfies never
  }
}

function fill(state: State): void {
  if (state.filling !== undefined || state.isClosed || state.head >= state.wanted) return
  state.filling = fillFromLog(state)
    .catch(state.options.onError) // the next poll of the heads tries again
    .finally(() => {
      state.filling = undefined
    })
}

async function fillFromLog(state: State): Promise<void> {
  while (state.head < state.wanted && !state.isClosed) {
    const { head, epoch } = state
    const events = await read(state, head, pageMax)
    if (state.epoch !== epoch) continue
    if (events === undefined) {
      skipTrimmed(state)
      return
    }
    if (events.length === 0) {
      state.wanted = state.head // the report was wrong; the next poll corrects it
      return
    }
  }
}

function skipTrimmed(state: State): void {
  state.head = state.wanted
  for (const subscription of state.subscriptions) reset(state, subscription, 'trimmed')
}

async function read(state: State, after: number, limit: number): Promise<readonly LogEvent[] | undefined> {
  const { ref } = state.options
  const { head, wanted, epoch } = state
  // A read that began when the log was known to be shorter may lack events that this read needs.
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
  if (state.epoch === epoch) applyPage(state, events)
  return events
}

/** A page may reach beyond the channel's head, and no reader of it may get ahead of the channel. */
function applyPage(state: State, events: readonly LogEvent[]): void {
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
    if (requiresRecheck(ref.spec, event, subscription.outlet.userId)) {
      suspend(subscription)
      continue
    }
    const { phase } = subscription
    if (phase.state !== 'live') continue
    packet ??= eventPacket(ref.name, state.epoch, event)
    if (muted || !subscription.outlet.write(packet, subscription)) {
      subscription.phase = { state: 'behind', channel: state.channel, seq: phase.seq, isReading: false }
      continue
    }
    phase.seq = event.seq
    delivered++
  }
  onDelivered?.(delivered)
}

async function catchUp(state: State, subscription: DurableSubscription): Promise<void> {
  const behind = subscription.phase
  if (behind.state !== 'behind' || behind.isReading) return
  behind.isReading = true
  try {
    while (subscription.phase === behind && !state.options.isMuted()) {
      if (behind.seq === state.head) {
        subscription.phase = { state: 'live', channel: state.channel, seq: behind.seq }
        return
      }
      if (!(await giveNextPage(state, subscription, behind))) return
    }
  } finally {
    behind.isReading = false
  }
}

/** Returns false when this reader must stop: the subscription is slow, suspended, reset or ended. */
async function giveNextPage(state: State, subscription: DurableSubscription, behind: Behind): Promise<boolean> {
  const { ref } = state.options
  const { epoch } = state
  const from = behind.seq
  const events = from === undefined || from > state.head ? undefined : await read(state, from, pageMax)
  if (subscription.phase !== behind) return false
  if (state.epoch !== epoch) return true
  if (events === undefined) {
    reset(state, subscription, from === undefined ? 'epoch' : 'trimmed')
    return false
  }
  if (events.some(event => requiresRecheck(ref.spec, event, subscription.outlet.userId))) {
    suspend(subscription)
    return false
  }
  for (const { packet, lastSeq } of eventsPackets(ref.name, epoch, events)) {
    if (!subscription.outlet.write(packet, subscription)) return false
    behind.seq = lastSeq
  }
  return true
}

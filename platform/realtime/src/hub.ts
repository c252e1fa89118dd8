/**
 * All streams with subscribers in this process. The hub receives the commits of this process. It finds those of other
 * processes by polling the heads of the logs: rarely while Redis carries hints, otherwise often.
 */
import type { Appended } from '@octet/db'
import type { ModuleRealtime } from '@octet/kernel'
import type { Log } from '@octet/observe'
import { createChannel } from './channel.ts'
import { type Hint, type Hints, noHints, redisHints } from './hints.ts'
import { createJoinQueue, type JoinQueue } from './join-queue.ts'
import { framePacket } from './outgoing.ts'
import { type StreamModule, type StreamRef, streamRef } from './streams.ts'
import {
  type Channel,
  type DurableSubscription,
  type EphemeralSubscription,
  type Subscription,
  suspend,
} from './subscription.ts'

export interface HubOptions {
  readonly moduleOf: (name: string) => StreamModule | undefined
  readonly log: Pick<Log, 'info' | 'warn' | 'debug'>
  readonly redisUrl?: string
  /** Tests change these intervals. */
  readonly pollMs?: number
  readonly pollWithHintsMs?: number
}

export interface Hub {
  refOf(stream: string): StreamRef | undefined
  /** Limits how many `join`s run at once. */
  readonly joins: JoinQueue
  /** Opens the channel of a durable stream and adds the subscription to it; `leave` it when done. */
  enter(subscription: DurableSubscription): Promise<Channel>
  leave(channel: Channel, subscription: DurableSubscription): void
  enterEphemeral(subscription: EphemeralSubscription): void
  leaveEphemeral(subscription: EphemeralSubscription): void
  /** Takes the events of a transaction that this process committed. */
  appended(list: readonly Appended[]): void
  /** Sends a notice to the subscribers in every process, except its speaker. Notices are not stored. */
  notify(ref: StreamRef, notice: Notice, speaker?: Subscription): void
  /** Lets a module publish to its streams. */
  sideOf(module: string): ModuleRealtime
  channelOf(stream: string): Channel | undefined
  /** While muted, nothing is delivered; afterwards all subscribers catch up from the logs. */
  mute(isMuted: boolean): void
  readonly isMuted: boolean
  stats(): { readonly streams: number; readonly delivered: number; readonly hinted: boolean }
  /** Polls the heads of all streams now. */
  poll(): Promise<void>
  start(): void
  close(): Promise<void>
}

/** An ephemeral event or a relay: only current subscribers receive it. */
export interface Notice {
  readonly type: string
  readonly body: unknown
  readonly from?: string
  /** Subscribed users who must not receive it. */
  readonly except?: readonly string[]
}

const pollMsDefault = 300
/** With hints, the poll only finds lost ones. */
const pollWithHintsMsDefault = 2_000
const headsPerQueryMax = 2_000
/** A storm of reconnects waits here instead of in the database. */
const joinsMax = 64

interface State {
  readonly options: HubOptions
  readonly channels: Map<string, Promise<Channel> | Channel>
  readonly ephemeral: Map<string, Set<EphemeralSubscription>>
  hints: Hints
  isMuted: boolean
  delivered: number
  timer: NodeJS.Timeout | undefined
  isClosed: boolean
}

/** Creates a hub without streams; `start` begins the polls. */
export function createHub(options: HubOptions): Hub {
  const state: State = {
    options,
    channels: new Map(),
    ephemeral: new Map(),
    hints: noHints,
    isMuted: false,
    delivered: 0,
    timer: undefined,
    isClosed: false,
  }
  if (options.redisUrl !== undefined) {
    state.hints = redisHints({ url: options.redisUrl, log: options.log, onHint: hint => applyHint(state, hint) })
  }
  const refOf = (stream: string) => streamRef(stream, options.moduleOf)
  return {
    refOf,
    joins: createJoinQueue(joinsMax),
    enter: subscription => enter(state, subscription),
    leave: (channel, subscription) => leave(state, channel, subscription),
    enterEphemeral: subscription => enterEphemeral(state, subscription),
    leaveEphemeral: subscription => leaveEphemeral(state, subscription),
    appended(list) {
      for (const { stream, epoch, event } of list) {
        openChannel(state, stream)?.offer(epoch, event)
        state.hints.publish({ kind: 'head', stream, epoch, seq: event.seq })
      }
    },
    notify(ref, notice, speaker) {
      notifyHere(state, ref.name, notice, speaker)
      state.hints.publish({ kind: 'news', stream: ref.name, ...notice })
    },
    sideOf: module => sideOf(state, module),
    channelOf: stream => openChannel(state, stream),
    mute(isMuted) {
      const wasMuted = state.isMuted
      state.isMuted = isMuted
      if (wasMuted && !isMuted) wakeAll(state)
    },
    get isMuted() {
      return state.isMuted
    },
    stats: () => ({ streams: state.channels.size, delivered: state.delivered, hinted: state.hints.isConnected() }),
    poll: () => poll(state),
    start: () => void schedule(state),
    async close() {
      state.isClosed = true
      clearTimeout(state.timer)
      for (const channel of openChannels(state)) channel.close()
      await state.hints.close()
    },
  }
}

function openChannel(state: State, stream: string): Channel | undefined {
  const channel = state.channels.get(stream)
  return channel instanceof Promise ? undefined : channel
}

function openChannels(state: State): Channel[] {
  return [...state.channels.values()].flatMap(channel => (channel instanceof Promise ? [] : channel))
}

async function enter(state: State, subscription: DurableSubscription): Promise<Channel> {
  const { ref } = subscription
  for (;;) {
    const channel = await (state.channels.get(ref.name) ?? open(state, ref))
    // While this subscription waited, the last subscriber may have left, which closed the channel.
    if (state.channels.get(ref.name) !== channel) continue
    channel.add(subscription)
    return channel
  }
}

function open(state: State, ref: StreamRef): Promise<Channel> {
  state.hints.listen(ref.name)
  const opening = ref.module.heads([ref.name]).then(
    ([head]) => {
      const channel = createChannel({
        ref,
        head,
        isMuted: () => state.isMuted,
        onError: error =>
          state.options.log.warn({ err: error, stream: ref.name }, 'a stream could not be read; will retry'),
        onDelivered: count => {
          state.delivered += count
        },
      })
      state.channels.set(ref.name, channel)
      // The channels did not get commits between the query and now.
      ref.module.heads([ref.name]).then(
        ([now]) => now && channel.learnHead(now),
        () => undefined, // the next poll finds them
      )
      return channel
    },
    error => {
      state.channels.delete(ref.name)
      state.hints.unlisten(ref.name)
      throw error
    },
  )
  state.channels.set(ref.name, opening)
  return opening
}

function leave(state: State, channel: Channel, subscription: DurableSubscription): void {
  channel.remove(subscription)
  if (channel.subscriptions.size > 0 || state.channels.get(channel.ref.name) !== channel) return
  state.channels.delete(channel.ref.name)
  state.hints.unlisten(channel.ref.name)
  channel.close()
}

function enterEphemeral(state: State, subscription: EphemeralSubscription): void {
  const { name } = subscription.ref
  const known = state.ephemeral.get(name)
  if (known === undefined) {
    state.ephemeral.set(name, new Set([subscription]))
    state.hints.listen(name)
  } else known.add(subscription)
}

function leaveEphemeral(state: State, subscription: EphemeralSubscription): void {
  const { name } = subscription.ref
  const known = state.ephemeral.get(name)
  known?.delete(subscription)
  if (known?.size !== 0) return
  state.ephemeral.delete(name)
  state.hints.unlisten(name)
}

/** Sends only to admitted subscribers that keep up. */
function notifyHere(state: State, stream: string, { type, body, from, except }: Notice, speaker?: Subscription): void {
  if (state.isMuted) return
  const subscriptions: ReadonlySet<Subscription> | undefined =
    state.ephemeral.get(stream) ?? openChannel(state, stream)?.subscriptions
  if (subscriptions === undefined || subscriptions.size === 0) return
  const packet = framePacket({ t: 'relay', stream, type, body, from })
  for (const subscription of subscriptions) {
    if (subscription === speaker || subscription.phase.state !== 'live') continue
    if (!except?.includes(subscription.outlet.userId)) subscription.outlet.writeLossy(packet)
  }
}

function sideOf(state: State, module: string): ModuleRealtime {
  const nameOf = (kind: string, key: string) => `${module}:${kind}:${key}`
  return {
    emit(kind, key, { type, body }) {
      const stream = nameOf(kind, key)
      notifyHere(state, stream, { type, body })
      state.hints.publish({ kind: 'news', stream, type, body })
    },
    emitHere: (kind, key, { type, body }) => notifyHere(state, nameOf(kind, key), { type, body }),
    heard(kind) {
      const prefix = nameOf(kind, '')
      const names = [...state.ephemeral.keys()].filter(name => name.startsWith(prefix))
      return names.map(name => name.slice(prefix.length))
    },
    recheck(kind, key, userId) {
      const stream = nameOf(kind, key)
      recheckHere(state, stream, userId)
      state.hints.publish({ kind: 'recheck', stream, userId })
    },
  }
}

function recheckHere(state: State, stream: string, userId: string | undefined): void {
  openChannel(state, stream)?.recheck(userId)
  for (const subscription of state.ephemeral.get(stream) ?? []) {
    if (userId === undefined || subscription.outlet.userId === userId) suspend(subscription)
  }
}

function applyHint(state: State, hint: Hint): void {
  switch (hint.kind) {
    case 'head':
      applyHeadHint(openChannel(state, hint.stream), hint)
      return
    case 'news':
      notifyHere(state, hint.stream, hint)
      return
    case 'recheck':
      recheckHere(state, hint.stream, hint.userId)
      return
    default:
      hint satisfies never
  }
}

/** A hint may be old, so only the database can show that a log was replaced. */
function applyHeadHint(
  channel: Channel | undefined,
  { epoch, seq }: { readonly epoch: string; readonly seq: number },
): void {
  if (channel?.epoch === epoch || channel?.epoch === '') channel.learnHead({ epoch, seq })
}

function wakeAll(state: State): void {
  for (const channel of openChannels(state)) {
    for (const subscription of channel.subscriptions) {
      void channel.catchUp(subscription).catch(() => undefined) // the sweep tries again
    }
  }
}

async function poll(state: State): Promise<void> {
  const byModule = new Map<StreamModule, Channel[]>()
  for (const channel of openChannels(state)) {
    const { module } = channel.ref
    const known = byModule.get(module)
    if (known === undefined) byModule.set(module, [channel])
    else known.push(channel)
  }
  for (const [module, channels] of byModule) {
    for (let start = 0; start < channels.length; start += headsPerQueryMax) {
      const asked = new Map(channels.slice(start, start + headsPerQueryMax).map(({ ref, head }) => [ref.name, head]))
      for (const head of await module.heads([...asked.keys()])) {
        openChannel(state, head.stream)?.learnHead(head, asked.get(head.stream))
      }
    }
  }
}

/** The next poll starts a fixed time after the last one ended, so a slow database gets fewer polls. */
function schedule(state: State): void {
  const { pollMs = pollMsDefault, pollWithHintsMs = pollWithHintsMsDefault } = state.options
  const pauseMs = (state.hints.isConnected() ? pollWithHintsMs : pollMs) * (0.8 + Math.random() * 0.4)
  state.timer = setTimeout(() => {
    poll(state)
      .catch(error => state.options.log.debug({ err: error }, 'streams could not be polled; will retry'))
      .finally(() => {
        if (!state.isClosed) schedule(state)
      })
  }, pauseMs)
}

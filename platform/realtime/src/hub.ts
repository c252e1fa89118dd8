/**
 * All streams that somebody in this process listens to. It hears what this process commits, looks at the heads of the
 * others' logs often, and oftener while no hints get through.
 */
import type { Appended } from '@octet/db'
import type { ModuleRealtime } from '@octet/kernel'
import type { Log } from '@octet/observe'
import { type Channel, createChannel, type Subscription } from './channel.ts'
import { type Hint, type Hints, noHints, redisHints } from './hints.ts'
import { framePacket } from './outgoing.ts'
import { type StreamModule, type StreamRef, streamRef } from './streams.ts'

export interface HubOptions {
  readonly moduleOf: (name: string) => StreamModule | undefined
  readonly log: Pick<Log, 'info' | 'warn' | 'debug'>
  readonly redisUrl?: string
  /** Tests shorten or stretch them. */
  readonly pollMs?: number
  readonly pollWithHintsMs?: number
}

export interface Hub {
  refOf(stream: string): StreamRef | undefined
  /** The channel of a durable stream with the subscription in it; `leave` it when done. */
  enter(ref: StreamRef, subscription: Subscription): Promise<Channel>
  leave(channel: Channel, subscription: Subscription): void
  enterEphemeral(ref: StreamRef, subscription: Subscription): void
  leaveEphemeral(ref: StreamRef, subscription: Subscription): void
  /** What a transaction of this process has committed. */
  appended(list: readonly Appended[]): void
  /** Tells subscribers of every process something that is not kept; `speaker` does not hear itself. */
  tell(ref: StreamRef, news: News, speaker?: Subscription): void
  /** What a module is given to speak to its streams. */
  sideOf(module: string): ModuleRealtime
  channelOf(stream: string): Channel | undefined
  /** While muted nothing is delivered; afterwards everybody is brought up to date from the logs. */
  mute(isMuted: boolean): void
  readonly isMuted: boolean
  stats(): { readonly streams: number; readonly delivered: number; readonly hinted: boolean }
  /** Looks at the heads of all streams now. */
  poll(): Promise<void>
  start(): void
  close(): Promise<void>
}

export interface News {
  readonly type: string
  readonly body: unknown
  readonly from?: string
  /** People who must not hear it although they listen. */
  readonly except?: readonly string[]
}

const pollMsDefault = 300
/** With hints the poll only finds what a hint lost. */
const pollWithHintsMsDefault = 2_000
const headsPerQueryMax = 2_000

interface State {
  readonly options: HubOptions
  readonly channels: Map<string, Promise<Channel> | Channel>
  readonly ephemeral: Map<string, Set<Subscription>>
  hints: Hints
  isMuted: boolean
  delivered: number
  timer: NodeJS.Timeout | undefined
  isClosed: boolean
}

/** A hub that carries nothing yet and polls from `start` on. */
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
    state.hints = redisHints({ url: options.redisUrl, log: options.log, onHint: hint => heed(state, hint) })
  }
  const refOf = (stream: string) => streamRef(stream, options.moduleOf)
  return {
    refOf,
    enter: (ref, subscription) => enter(state, ref, subscription),
    leave: (channel, subscription) => leave(state, channel, subscription),
    enterEphemeral: (ref, subscription) => enterEphemeral(state, ref, subscription),
    leaveEphemeral: (ref, subscription) => leaveEphemeral(state, ref, subscription),
    appended(list) {
      for (const { stream, epoch, event } of list) {
        openChannel(state, stream)?.offer(epoch, event)
        state.hints.publish({ kind: 'head', stream, epoch, seq: event.seq })
      }
    },
    tell(ref, news, speaker) {
      tellHere(state, ref.name, news, speaker)
      state.hints.publish({ kind: 'news', stream: ref.name, ...news })
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
  return [...state.channels.values()].filter(channel => !(channel instanceof Promise)) as Channel[]
}

async function enter(state: State, ref: StreamRef, subscription: Subscription): Promise<Channel> {
  for (;;) {
    const channel = await (state.channels.get(ref.name) ?? open(state, ref))
    // It may have been left by its last subscriber, and closed, while this one waited.
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
          state.options.log.warn({ err: error, stream: ref.name }, 'a stream could not be read; again soon'),
        onDelivered: count => {
          state.delivered += count
        },
      })
      state.channels.set(ref.name, channel)
      // What was committed between the look and now, and offered to nobody.
      ref.module.heads([ref.name]).then(
        ([now]) => now && channel.see(now),
        () => undefined, // the next poll will tell
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

function leave(state: State, channel: Channel, subscription: Subscription): void {
  channel.remove(subscription)
  if (channel.subscriptions.size > 0 || state.channels.get(channel.ref.name) !== channel) return
  state.channels.delete(channel.ref.name)
  state.hints.unlisten(channel.ref.name)
  channel.close()
}

function enterEphemeral(state: State, { name }: StreamRef, subscription: Subscription): void {
  const known = state.ephemeral.get(name)
  if (known === undefined) {
    state.ephemeral.set(name, new Set([subscription]))
    state.hints.listen(name)
  } else known.add(subscription)
}

function leaveEphemeral(state: State, { name }: StreamRef, subscription: Subscription): void {
  const known = state.ephemeral.get(name)
  known?.delete(subscription)
  if (known?.size !== 0) return
  state.ephemeral.delete(name)
  state.hints.unlisten(name)
}

/** Only those who may be there and keep up. */
function tellHere(state: State, stream: string, { type, body, from, except }: News, speaker?: Subscription): void {
  if (state.isMuted) return
  const subscriptions = state.ephemeral.get(stream) ?? openChannel(state, stream)?.subscriptions
  if (subscriptions === undefined || subscriptions.size === 0) return
  const packet = framePacket({ t: 'relay', stream, type, body, from })
  for (const subscription of subscriptions) {
    if (subscription === speaker || subscription.state !== 'live') continue
    if (!except?.includes(subscription.outlet.userId)) subscription.outlet.writeLossy(packet)
  }
}

function sideOf(state: State, module: string): ModuleRealtime {
  const nameOf = (kind: string, key: string) => `${module}:${kind}:${key}`
  return {
    emit(kind, key, { type, body }) {
      const stream = nameOf(kind, key)
      tellHere(state, stream, { type, body })
      state.hints.publish({ kind: 'news', stream, type, body })
    },
    emitHere: (kind, key, { type, body }) => tellHere(state, nameOf(kind, key), { type, body }),
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
    if (userId !== undefined && subscription.outlet.userId !== userId) continue
    subscription.mustRejoin = true
    subscription.state = 'joining'
    void subscription.outlet.rejoin(subscription).catch(() => undefined)
  }
}

function heed(state: State, hint: Hint): void {
  if (hint.kind === 'head') heedHead(openChannel(state, hint.stream), hint)
  else if (hint.kind === 'news') tellHere(state, hint.stream, hint)
  else recheckHere(state, hint.stream, hint.userId)
}

/** That the log is another one now is for the database to say: a hint may be old. */
function heedHead(
  channel: Channel | undefined,
  { epoch, seq }: { readonly epoch: string; readonly seq: number },
): void {
  if (channel?.epoch === epoch || channel?.epoch === '') channel.see({ epoch, seq })
}

function wakeAll(state: State): void {
  for (const channel of openChannels(state)) {
    for (const subscription of channel.subscriptions) {
      if (subscription.state === 'behind') void channel.catchUp(subscription).catch(() => undefined)
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
        openChannel(state, head.stream)?.see(head, asked.get(head.stream))
      }
    }
  }
}

/** The next look begins some time after the last one ended, so that a slow database is asked less. */
function schedule(state: State): void {
  const { pollMs = pollMsDefault, pollWithHintsMs = pollWithHintsMsDefault } = state.options
  const pauseMs = (state.hints.isConnected() ? pollWithHintsMs : pollMs) * (0.8 + Math.random() * 0.4)
  state.timer = setTimeout(() => {
    poll(state)
      .catch(error => state.options.log.debug({ err: error }, 'streams could not be polled; again soon'))
      .finally(() => {
        if (!state.isClosed) schedule(state)
      })
  }, pauseMs)
}

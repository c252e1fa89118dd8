/**
 * Hints between processes over Redis, which save the wait for the next poll of the database. A hint may be lost, late
 * or doubled: no durable event depends on it. Ephemeral notices reach other processes only this way.
 */
import type { Log } from '@octet/observe'
import { Redis } from 'ioredis'

export type Hint =
  | { readonly kind: 'head'; readonly stream: string; readonly epoch: string; readonly seq: number }
  | {
      readonly kind: 'news'
      readonly stream: string
      readonly type: string
      readonly body: unknown
      readonly from?: string
      readonly except?: readonly string[]
    }
  | { readonly kind: 'recheck'; readonly stream: string; readonly userId?: string }

export interface Hints {
  /** Whether hints arrive at the moment; without them, poll more often. */
  isConnected(): boolean
  publish(hint: Hint): void
  listen(stream: string): void
  unlisten(stream: string): void
  close(): Promise<void>
}

export interface HintsOptions {
  readonly url: string
  readonly log: Pick<Log, 'info' | 'warn' | 'debug'>
  readonly onHint: (hint: Hint) => void
}

const prefix = 'octet:stream:'
const reconnectMsMax = 1_000
const connectTimeoutMs = 2_000

/** The hints of a single process. */
export const noHints: Hints = {
  isConnected: () => false,
  publish: () => undefined,
  listen: () => undefined,
  unlisten: () => undefined,
  close: async () => undefined,
}

/**
 * Hints over Redis pub/sub, one channel per stream. They are dropped while Redis is unavailable; it reconnects by
 * itself.
 */
export function redisHints({ url, log, onHint }: HintsOptions): Hints {
  const node = Math.random().toString(36).slice(2)
  const options = {
    connectTimeout: connectTimeoutMs,
    maxRetriesPerRequest: 0,
    retryStrategy: pauseMs,
  }
  // Hints are not queued while Redis is unavailable: a late hint is worthless.
  const publisher = new Redis(url, { ...options, enableOfflineQueue: false })
  const subscriber = new Redis(url, { ...options, enableOfflineQueue: false, autoResubscribe: false })
  const wanted = new Set<string>()
  let heads = new Map<string, Extract<Hint, { kind: 'head' }>>()
  let wasConnected = false

  const quiet = (work: Promise<unknown>) => void work.catch(error => log.debug({ err: error }, 'a hint was dropped'))
  const send = (stream: string, hint: Hint) => {
    if (publisher.status === 'ready') quiet(publisher.publish(prefix + stream, JSON.stringify({ node, ...hint })))
  }
  const flush = () => {
    const batch = heads
    heads = new Map()
    for (const hint of batch.values()) send(hint.stream, hint)
  }
  subscriber.on('ready', () => {
    wasConnected = true
    log.info({}, 'hints travel by Redis')
    if (wanted.size > 0) quiet(subscriber.subscribe(...[...wanted].map(stream => prefix + stream)))
  })
  subscriber.on('close', () => {
    if (wasConnected) log.warn({}, 'Redis is gone; streams are polled until it is back')
    wasConnected = false
  })
  for (const client of [publisher, subscriber]) client.on('error', error => log.debug({ err: error }, 'Redis'))
  subscriber.on('message', (_channel: string, text: string) => {
    const hint = readHint(text)
    if (hint !== undefined && hint.node !== node) onHint(hint)
  })
  return {
    isConnected: () => subscriber.status === 'ready' && publisher.status === 'ready',
    publish(hint) {
      if (hint.kind !== 'head') return send(hint.stream, hint)
      if (heads.size === 0) setImmediate(flush)
      if (hint.seq > (heads.get(hint.stream)?.seq ?? 0)) heads.set(hint.stream, hint)
    },
    listen(stream) {
      wanted.add(stream)
      if (subscriber.status === 'ready') quiet(subscriber.subscribe(prefix + stream))
    },
    unlisten(stream) {
      wanted.delete(stream)
      if (subscriber.status === 'ready') quiet(subscriber.unsubscribe(prefix + stream))
    },
    async close() {
      publisher.disconnect()
      subscriber.disconnect()
    },
  }
}

function pauseMs(attempt: number): number {
  return Math.min(reconnectMsMax, 50 * 2 ** Math.min(attempt, 6)) * (0.5 + Math.random() / 2)
}

function readHint(text: string): (Hint & { readonly node: string }) | undefined {
  try {
    const hint = JSON.parse(text) as Hint & { readonly node: string }
    return typeof hint === 'object' && typeof hint.stream === 'string' ? hint : undefined
  } catch {
    return undefined
  }
}

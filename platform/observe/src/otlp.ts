/**
 * Sends kept traces to an OpenTelemetry receiver: OTLP over HTTP, JSON encoding
 * (https://opentelemetry.io/docs/specs/otlp/#otlphttp). Requests never wait for it. Traces wait in a bounded queue, are
 * read and encoded when a batch leaves, and are dropped and counted when the receiver does not keep up.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'
import { encodeTraces } from './otlp-body.ts'
import type { Trace } from './trace.ts'

export interface OtlpOptions {
  /** Base address of the receiver, such as `http://localhost:4318`. `/v1/traces` is added. */
  readonly endpoint: string
  /** Further request headers, for example an API key of the receiver. */
  readonly headers?: Readonly<Record<string, string>>
  /** Attributes of this process, including `service.name`. */
  readonly resource: Readonly<Record<string, string>>
  readonly log: Pick<Log, 'info' | 'warn'>
  readonly metrics: Metrics
  readonly timeoutMs?: number
  /** A batch leaves this long after its first trace. */
  readonly delayMs?: number
  readonly queueTracesMax?: number
  /** Before the second of five attempts; doubles with each. */
  readonly retryMs?: number
}

export interface OtlpExporter {
  /** Queues a trace; never throws and never waits. */
  add(read: () => Trace): void
  /** Sends the queued traces for at most `deadlineMs`, then drops the rest. */
  close(deadlineMs: number): Promise<void>
}

const batchTracesMax = 64
const attemptsMax = 5
/** OTLP defines every other error status as permanent. */
const retryableStatuses = new Set([429, 502, 503, 504])

type Outcome = 'sent' | 'retry' | 'refused'

type Queued = () => Trace

/** Opens no connection before the first batch. */
export function createOtlpExporter(options: OtlpOptions): OtlpExporter {
  const { metrics, delayMs = 2_000, queueTracesMax = 1_024 } = options
  const queue: Queued[] = []
  const dropped = metrics.counter({
    name: 'octet_traces_dropped_total',
    help: 'Traces not sent, by reason: full (queue), unreachable, refused (receiver), stopped (this process).',
    labels: ['reason'],
  })
  const drop = (reason: string, count: number) => dropped.with({ reason }).add(count)
  metrics.readGauge({ name: 'octet_traces_queued', help: 'Traces that wait to be sent.', read: () => queue.length })
  const stopping = new AbortController()
  let isClosing = false
  const deliver = batchSender(options, { drop, stopped: stopping.signal, isLastAttempt: () => isClosing })
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined

  async function drain(): Promise<void> {
    while (queue.length > 0 && !stopping.signal.aborted) await deliver(queue.splice(0, batchTracesMax))
  }

  function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    running ??= drain().finally(() => {
      running = undefined
    })
    return running
  }

  return {
    add(read) {
      if (isClosing || queue.length >= queueTracesMax) {
        drop(isClosing ? 'stopped' : 'full', 1)
        return
      }
      queue.push(read)
      if (queue.length >= batchTracesMax) void flush()
      else timer ??= setTimeout(() => void flush(), delayMs).unref()
    },
    async close(deadlineMs) {
      isClosing = true
      const deadline = setTimeout(() => stopping.abort(), deadlineMs)
      while (queue.length > 0 && !stopping.signal.aborted) await flush()
      await running
      clearTimeout(deadline)
      if (queue.length > 0) drop('stopped', queue.splice(0).length)
    },
  }
}

interface SenderParts {
  readonly drop: (reason: string, count: number) => void
  readonly stopped: AbortSignal
  /** True: a failed attempt is not repeated. */
  readonly isLastAttempt: () => boolean
}

/** Sends a batch until the receiver accepts or refuses it, at most five times. Never rejects. */
function batchSender(options: OtlpOptions, { drop, stopped, isLastAttempt }: SenderParts) {
  const { log, metrics, endpoint, resource, retryMs = 500 } = options
  const sent = metrics.counter({ name: 'octet_traces_exported_total', help: 'Traces sent to the receiver.' }).with()
  const post = poster(options, stopped)
  let isFailing = false

  function report(outcome: Outcome): void {
    if ((outcome !== 'sent') === isFailing) return
    isFailing = !isFailing
    if (isFailing) log.warn({ endpoint, outcome }, 'traces cannot be exported')
    else log.info({ endpoint }, 'traces are exported again')
  }

  return async (batch: readonly Queued[]): Promise<void> => {
    const traces = batch.map(read => read())
    const body = encodeTraces(traces, resource)
    for (let attempt = 1; ; attempt++) {
      const { outcome, afterMs = retryMs * 2 ** (attempt - 1) } = await post(body)
      report(outcome)
      if (outcome === 'sent') return sent.add(batch.length)
      if (outcome === 'refused') return drop('refused', batch.length)
      if (attempt === attemptsMax || isLastAttempt()) return drop('unreachable', batch.length)
      await delay(afterMs, undefined, { signal: stopped }).catch(() => undefined) // a stop ends the wait
    }
  }
}

interface Posted {
  readonly outcome: Outcome
  /** From the receiver's `Retry-After`. */
  readonly afterMs?: number
}

const retryAfterMsMax = 30_000

function poster({ endpoint, headers = {}, timeoutMs = 10_000 }: OtlpOptions, stopped: AbortSignal) {
  const url = `${endpoint.replace(/\/$/, '')}/v1/traces`
  return async (body: string): Promise<Posted> => {
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body,
        redirect: 'error',
        signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), stopped]),
      })
      await answer.body?.cancel()
      if (answer.ok) return { outcome: 'sent' }
      if (!retryableStatuses.has(answer.status)) return { outcome: 'refused' }
      const seconds = Number(answer.headers.get('retry-after') ?? Number.NaN)
      if (!(seconds >= 0)) return { outcome: 'retry' }
      return { outcome: 'retry', afterMs: Math.min(seconds * 1_000, retryAfterMsMax) }
    } catch {
      return { outcome: 'retry' }
    }
  }
}

/**
 * Hand-made spans around each operation, slow SQL statement and message, passed explicitly. Memory keeps the last slow
 * traces, the last failed ones and a few ordinary ones. A span costs a seventh of one in OpenTelemetry's SDK (README).
 * The reason is that ids of inner spans and Unix timestamps are computed only when they are read.
 */
import { randomBytes } from 'node:crypto'
import { redactText } from './redact.ts'
import type { AttributeValue, Span, SpanData, SpanKind, Trace, Tracer } from './trace.ts'
import { formatTraceparent, type TraceParent } from './traceparent.ts'

export interface TracerOptions {
  /** The capacity for failed and slow traces, and again for ordinary ones, so that neither displaces the other. */
  readonly tracesMax?: number
  readonly spansMax?: number
  readonly slowMs?: number
  /**
   * Keeps one in this many of the other traces, chosen by trace id, so that all processes choose the same ones. Traces
   * that the remote parent marks as sampled are kept as well.
   */
  readonly keepOneIn?: number
  /** Called for each trace that is kept. Reading a trace costs more than recording it: read it later. */
  readonly onKept?: (read: () => Trace) => void
  /** Monotonic milliseconds. */
  readonly now?: () => number
  readonly wallNow?: () => number
}

interface Recording extends Span {
  readonly name: string
  readonly kind: SpanKind
  readonly parent: Recording | undefined
  readonly trace: LocalTrace
  readonly startMs: number
  endMs: number
  id: string
  attributes: Record<string, AttributeValue> | undefined
  attributeCount: number
  error: string | undefined
}

interface LocalTrace {
  readonly traceId: string
  readonly remote: TraceParent | undefined
  readonly isSampled: boolean
  readonly startWallMs: number
  readonly spans: Recording[]
  hasFailed: boolean
  droppedSpans: number
}

const attributesMax = 16
const textCharsMax = 256

/** Creates an independent recorder: nothing is global, and traces leave the process only through `onKept`. */
export function createTracer(options: TracerOptions = {}): Tracer {
  const { tracesMax = 128, spansMax = 64, slowMs = 250, keepOneIn = 100 } = options
  const { now = () => performance.now(), wallNow = Date.now } = options
  const notable = ring(tracesMax)
  const ordinary = ring(tracesMax)

  function startSpan(name: string, parent?: Span | TraceParent, kind: SpanKind = 'internal'): Span {
    const inner = parent !== undefined && 'trace' in parent ? (parent as Recording) : undefined
    const trace = inner ? inner.trace : startTrace(parent as TraceParent | undefined)
    const span: Recording = {
      traceId: trace.traceId,
      name,
      kind,
      parent: inner,
      trace,
      startMs: now(),
      endMs: -1,
      id: '',
      attributes: undefined,
      attributeCount: 0,
      error: undefined,
      // Shared functions: a closure for each method of each span would double the cost.
      set,
      fail,
      end,
      traceparent,
    }
    if (trace.spans.length < spansMax) trace.spans.push(span)
    else trace.droppedSpans++
    return span
  }

  function startTrace(remote: TraceParent | undefined): LocalTrace {
    const traceId = remote ? remote.traceId : randomHex(32)
    const isSampled = remote?.sampled === true || Number.parseInt(traceId.slice(-8), 16) % keepOneIn === 0
    return { traceId, remote, isSampled, startWallMs: wallNow(), spans: [], hasFailed: false, droppedSpans: 0 }
  }

  function end(this: Recording): void {
    if (this.endMs !== -1) return
    this.endMs = now()
    const { trace } = this
    if (this !== trace.spans[0]) return
    if (trace.hasFailed || this.endMs - this.startMs >= slowMs) notable.keep(trace)
    else if (trace.isSampled) ordinary.keep(trace)
    else return
    options.onKept?.(() => readTrace(trace, slowMs))
  }

  function recentTraces(): Trace[] {
    const kept = [...notable.traces(), ...ordinary.traces()]
    kept.sort((a, b) => b.startWallMs - a.startWallMs)
    return kept.map(trace => readTrace(trace, slowMs))
  }

  return { startSpan, recentTraces }
}

/** Overwrites its oldest item when it is full. */
function ring(size: number) {
  const slots: LocalTrace[] = []
  let next = 0
  return {
    keep(trace: LocalTrace): void {
      slots[next] = trace
      next = (next + 1) % size
    },
    traces: () => slots,
  }
}

function set(this: Recording, key: string, value: AttributeValue): void {
  if (this.attributes === undefined) this.attributes = {}
  if (!(key in this.attributes) && ++this.attributeCount > attributesMax) return
  this.attributes[key] = typeof value === 'string' ? value.slice(0, textCharsMax) : value
}

function fail(this: Recording, error: unknown): void {
  this.error = (error instanceof Error ? error.message : String(error)).slice(0, textCharsMax)
  this.trace.hasFailed = true
}

function traceparent(this: Recording): string {
  const { traceId, isSampled } = this.trace
  return formatTraceparent({ traceId, spanId: idOf(this), sampled: isSampled })
}

/** Most spans are dropped before any code reads their id. */
function idOf(span: Recording): string {
  if (span.id === '') span.id = randomHex(16)
  return span.id
}

function readTrace(trace: LocalTrace, slowMs: number): Trace {
  const root = trace.spans[0]!
  const durationMs = root.endMs - root.startMs
  const { traceId, droppedSpans } = trace
  const kept = trace.hasFailed ? 'failed' : durationMs >= slowMs ? 'slow' : 'sampled'
  return { traceId, kept, durationMs, spans: trace.spans.map(span => readSpan(span, root)), droppedSpans }
}

function readSpan(span: Recording, root: Recording): SpanData {
  const { trace } = span
  const unixNano = (ms: number) =>
    BigInt(Math.round(trace.startWallMs)) * 1_000_000n + BigInt(Math.round((ms - root.startMs) * 1e6))
  return {
    traceId: trace.traceId,
    spanId: idOf(span),
    parentSpanId: span.parent ? idOf(span.parent) : (trace.remote?.spanId ?? ''),
    name: span.name,
    kind: span.kind,
    startTimeUnixNano: unixNano(span.startMs),
    endTimeUnixNano: span.endMs === -1 ? undefined : unixNano(span.endMs),
    attributes: Object.fromEntries(
      Object.entries(span.attributes ?? {}).map(([key, value]) => [
        key,
        typeof value === 'string' ? redactText(value) : value,
      ]),
    ),
    status: span.error === undefined ? { code: 'unset' } : { code: 'error', message: redactText(span.error) },
  }
}

const poolBytes = 1024
let pool = ''
let poolAt = 0

/** Random hex digits from a pool: one call into OpenSSL yields 64 trace ids. */
function randomHex(chars: number): string {
  if (poolAt + chars > pool.length) {
    pool = randomBytes(poolBytes).toString('hex')
    poolAt = 0
  }
  const id = pool.slice(poolAt, poolAt + chars)
  poolAt += chars
  return id
}

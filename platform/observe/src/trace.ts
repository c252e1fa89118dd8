/**
 * The shape of a trace. It follows OTLP (ids in hex, Unix nanoseconds, kind, attributes, status), so that the exporter
 * sends kept traces unchanged (https://opentelemetry.io/docs/specs/otlp/).
 */
import { formatTraceparent, type TraceParent } from './traceparent.ts'

export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer'
export type AttributeValue = string | number | boolean

export interface Span {
  readonly traceId: string
  /** Attributes are for low-volume facts; at most 16 per span, with values cut at 256 characters. */
  set(key: string, value: AttributeValue): void
  /** Marks the span, and therefore its trace, as failed. */
  fail(error: unknown): void
  /**
   * A second call does nothing. When the first span of a trace ends, the recorder decides whether to keep the trace.
   */
  end(): void
  /** The `traceparent` header for the next hop. */
  traceparent(): string
}

/** The `traceparent` header for the next hop, from a span here or from the caller's. */
export function traceparentOf(span: Span | TraceParent): string {
  return 'end' in span ? span.traceparent() : formatTraceparent(span)
}

export interface Tracer {
  /** `parent` is a local span, or the caller's from its header (`parseTraceparent`); without one a new trace begins. */
  startSpan(name: string, parent?: Span | TraceParent, kind?: SpanKind): Span
  /** Kept traces, newest first. Their texts are redacted. */
  recentTraces(): Trace[]
}

/** The part of a trace that this process recorded; the other parts have the same `traceId`. */
export interface Trace {
  readonly traceId: string
  readonly kept: 'failed' | 'slow' | 'sampled'
  readonly durationMs: number
  readonly spans: readonly SpanData[]
  /** The number of spans beyond `spansMax`. */
  readonly droppedSpans: number
}

export interface SpanData {
  readonly traceId: string
  readonly spanId: string
  /** Empty: the trace began in this process. */
  readonly parentSpanId: string
  readonly name: string
  readonly kind: SpanKind
  readonly startTimeUnixNano: bigint
  /** Undefined: the span was still running when the trace was read. */
  readonly endTimeUnixNano: bigint | undefined
  readonly attributes: Readonly<Record<string, AttributeValue>>
  readonly status: { readonly code: 'unset' } | { readonly code: 'error'; readonly message: string }
}

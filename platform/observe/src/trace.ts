/**
 * What a trace is. The model is OTLP's (ids in hex, Unix nanoseconds, kind, attributes, status), so that an exporter
 * can send kept traces as they are (https://opentelemetry.io/docs/specs/otlp/).
 */
import type { TraceParent } from './traceparent.ts'

export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer'
export type AttributeValue = string | number | boolean

export interface Span {
  readonly traceId: string
  /** Attributes are for low-volume facts; at most 16 a span, texts cut at 256 characters. */
  set(key: string, value: AttributeValue): void
  /** Marks the span, and so its trace, as failed. */
  fail(error: unknown): void
  /** A second call does nothing. The end of a trace's first span decides whether the trace is kept. */
  end(): void
  /** The `traceparent` header for the next hop. */
  traceparent(): string
}

export interface Tracer {
  /** `parent`: a span here, or the caller's from its header (`parseTraceparent`); without one a trace begins. */
  startSpan(name: string, parent?: Span | TraceParent, kind?: SpanKind): Span
  /** Kept traces, newest first. Texts in them are redacted. */
  recentTraces(): Trace[]
}

/** What one process saw of a trace; its other parts have the same `traceId`. */
export interface Trace {
  readonly traceId: string
  readonly kept: 'failed' | 'slow' | 'sampled'
  readonly durationMs: number
  readonly spans: readonly SpanData[]
  /** Spans beyond `spansMax`. */
  readonly droppedSpans: number
}

export interface SpanData {
  readonly traceId: string
  readonly spanId: string
  /** Empty: the trace began here. */
  readonly parentSpanId: string
  readonly name: string
  readonly kind: SpanKind
  readonly startTimeUnixNano: bigint
  /** Undefined: was still running when this was read. */
  readonly endTimeUnixNano: bigint | undefined
  readonly attributes: Readonly<Record<string, AttributeValue>>
  readonly status: { readonly code: 'unset' } | { readonly code: 'error'; readonly message: string }
}

/** The JSON encoding of OTLP's protobuf messages (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding). */
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { AttributeValue, SpanData, SpanKind, Trace } from './trace.ts'

/** Resource attributes of this process, by the names of OpenTelemetry's conventions. */
export function resourceOf(serviceName: string, more: Readonly<Record<string, string>>): Record<string, string> {
  const own = { 'service.instance.id': randomUUID(), 'host.name': hostname(), 'process.pid': String(process.pid) }
  return { ...own, ...more, 'service.name': serviceName }
}

const kinds: Readonly<Record<SpanKind, number>> = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 }
const errorCode = 2

/** The body of an `ExportTraceServiceRequest`. */
export function encodeTraces(traces: readonly Trace[], resource: Readonly<Record<string, string>>): string {
  const spans = traces.flatMap(trace => trace.spans.map(encodeSpan))
  return JSON.stringify({
    resourceSpans: [
      { resource: { attributes: encodeAttributes(resource) }, scopeSpans: [{ scope: { name: 'octet' }, spans }] },
    ],
  })
}

/** A span that still runs has no end: it gets its start as the end, and an attribute that marks it as unfinished. */
function encodeSpan(span: SpanData): object {
  const isRunning = span.endTimeUnixNano === undefined
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.parentSpanId === '' ? {} : { parentSpanId: span.parentSpanId }),
    name: span.name,
    kind: kinds[span.kind],
    startTimeUnixNano: String(span.startTimeUnixNano),
    endTimeUnixNano: String(span.endTimeUnixNano ?? span.startTimeUnixNano),
    attributes: encodeAttributes(isRunning ? { ...span.attributes, 'octet.unfinished': true } : span.attributes),
    status: span.status.code === 'error' ? { code: errorCode, message: span.status.message } : {},
  }
}

function encodeAttributes(attributes: Readonly<Record<string, AttributeValue>>): object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: encodeValue(value) }))
}

function encodeValue(value: AttributeValue): object {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value }
}

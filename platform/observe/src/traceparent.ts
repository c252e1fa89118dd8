/** W3C Trace Context, the `traceparent` header (https://www.w3.org/TR/trace-context/, version 00). */

export interface TraceParent {
  /** 32 lower-case hex digits. */
  readonly traceId: string
  /** 16 lower-case hex digits: the caller's span. */
  readonly spanId: string
  readonly sampled: boolean
}

const versionZeroChars = 55
const headerCharsMax = 256
const pattern = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/

/**
 * The caller's span, or undefined when the header is missing or malformed; then a new trace begins (section 3.2.2.3).
 * Later versions may append fields after a dash. Version ff and all-zero ids are never valid.
 */
export function parseTraceparent(header: string | undefined): TraceParent | undefined {
  if (header === undefined || header.length < versionZeroChars || header.length > headerCharsMax) return undefined
  const match = pattern.exec(header)
  if (!match) return undefined
  const [, version, traceId, spanId, flags] = match as unknown as [string, string, string, string, string]
  if (version === 'ff' || (version === '00' && header.length !== versionZeroChars)) return undefined
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 }
}

/** The header for the next hop. */
export function formatTraceparent(parent: TraceParent): string {
  return `00-${parent.traceId}-${parent.spanId}-${parent.sampled ? '01' : '00'}`
}

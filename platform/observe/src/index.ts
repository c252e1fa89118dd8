export type { CacheStats } from './cache-metrics.ts'
export { monitorEventLoop } from './event-loop.ts'
export {
  type CheckReport,
  createHealth,
  type Health,
  type HealthCheck,
  type HealthOptions,
  type HealthReport,
  type HealthState,
  type ReadyReport,
} from './health.ts'
export { type HttpMetrics, observeHttp } from './http-metrics.ts'
export { createLog, exitOnCrash, type Log, type LogLevel, type LogOptions, type LogSink, logLevels } from './log.ts'
export { createMetrics, type Metrics, type MetricsOptions } from './metrics.ts'
export { createOtlpExporter, type OtlpExporter, type OtlpOptions } from './otlp.ts'
export { resourceOf } from './otlp-body.ts'
export { isSecretName, redactLine } from './redact.ts'
export type { Counter, Family, Gauge, Histogram, SeriesOptions } from './series.ts'
export { createTracer, type TracerOptions } from './spans.ts'
export {
  type AttributeValue,
  type Span,
  type SpanData,
  type SpanKind,
  type Trace,
  type Tracer,
  traceparentOf,
} from './trace.ts'
export { formatTraceparent, parseTraceparent, type TraceParent } from './traceparent.ts'

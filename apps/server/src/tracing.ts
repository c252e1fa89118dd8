/** The tracer of this process, and the exporter behind it when a receiver is configured. */
import { createOtlpExporter, createTracer, type Log, type Metrics, resourceOf, type Tracer } from '@octet/observe'
import type { ServerConfig } from './settings.ts'

const closeDeadlineMs = 1_000

export interface Tracing {
  readonly tracer: Tracer
  /** Sends the last traces, for at most a second. */
  close(): Promise<void>
}

/** Traces stay in memory (`/traces`) and, with `OTEL_EXPORTER_OTLP_ENDPOINT`, go to a receiver as well. */
export function openTracing(config: ServerConfig, parts: { readonly log: Log; readonly metrics: Metrics }): Tracing {
  const keepOneIn = Math.max(1, Math.round(1 / config.OTEL_TRACES_SAMPLER_ARG))
  const endpoint = config.OTEL_EXPORTER_OTLP_ENDPOINT
  if (endpoint === undefined) return { tracer: createTracer({ keepOneIn }), close: async () => undefined }
  const exporter = createOtlpExporter({
    ...parts,
    endpoint,
    headers: config.OTEL_EXPORTER_OTLP_HEADERS,
    timeoutMs: config.OTEL_EXPORTER_OTLP_TIMEOUT,
    resource: resourceOf(config.OTEL_SERVICE_NAME, config.OTEL_RESOURCE_ATTRIBUTES),
  })
  return {
    tracer: createTracer({ keepOneIn, onKept: exporter.add }),
    close: () => exporter.close(closeDeadlineMs),
  }
}

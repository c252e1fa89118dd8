/** Structured logs: one JSON object per line, with secrets removed, at about three microseconds each. */
import { pino } from 'pino'
import { openLogWriter } from './log-writer.ts'
import { redactLine } from './redact.ts'

const errorFields = pino.stdSerializers.err

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/** `log.info({ linkId, durationMs }, 'link created')`: fields first, then a constant sentence. */
export type Log = Pick<
  pino.Logger,
  'level' | 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent' | 'isLevelEnabled' | 'child' | 'flush'
>

/** Takes one finished line with its newline, already redacted. */
export interface LogSink {
  write(line: string): void
}

export interface LogOptions {
  readonly level: LogLevel
  /** A path, a descriptor (default 2, stderr) or, in tests, a sink. */
  readonly destination?: string | number | LogSink
  /** Only for a path: the size limit of the current and the rotated files together. */
  readonly bytesMax?: number
  readonly now?: () => number
}

/**
 * Creates a logger; `close` flushes it and closes its file. Secrets are removed from every line (see `redactLine`).
 * Lines are buffered for at most 50 ms; errors are written at once. The buffer is bounded, and every exit of the
 * process flushes it, including one by an uncaught exception. Throws when the file cannot be opened.
 */
export function createLog(options: LogOptions): Log & { close(): void } {
  const { level, destination = 2, bytesMax, now = Date.now } = options
  const isSink = typeof destination === 'object'
  const writer = isSink ? redactingSink(destination) : openLogWriter({ destination, bytesMax, now })
  const settings: pino.LoggerOptions = {
    level,
    base: null,
    timestamp: isoTime(now),
    formatters: { level: label => ({ level: label }) },
    // Under any other key, JSON.stringify prints an Error as `{}`.
    serializers: { err: errorFields, error: errorFields, req: summarizeRequest, res: summarizeReply },
  }
  return Object.assign(pino(settings, writer), { close: () => writer.close() })
}

/**
 * Logs uncaught exceptions, flushes and exits with 1. It replaces Node's own report, which goes to stderr unredacted.
 * Returns a function that removes the handlers.
 */
export function exitOnCrash(log: Log): () => void {
  function crash(error: unknown, origin: string): void {
    log.fatal({ err: error instanceof Error ? error : new Error(String(error)), origin }, 'crashed')
    process.exit(1)
  }
  // An unhandled rejection also arrives as an uncaught exception (Node's default, --unhandled-rejections=throw).
  process.on('uncaughtException', crash)
  return () => process.off('uncaughtException', crash)
}

function redactingSink(sink: LogSink) {
  return { write: (line: string) => sink.write(redactLine(line)), flush: (done?: () => void) => done?.(), close() {} }
}

/** `toISOString` costs more than the rest of the timestamp, so its result is cached for a second. */
function isoTime(now: () => number): () => string {
  let second = Number.NaN
  let prefix = ''
  return () => {
    const ms = now()
    const current = Math.floor(ms / 1000)
    if (current !== second) {
      second = current
      prefix = `,"time":"${new Date(current * 1000).toISOString().slice(0, 20)}`
    }
    return `${prefix}${String(ms - current * 1000).padStart(3, '0')}Z"`
  }
}

/** Logging a whole request is a mistake; the method and the URL are what the reader needs. */
function summarizeRequest(request: { method?: unknown; url?: unknown }) {
  return { method: request.method, url: request.url }
}

function summarizeReply(reply: { statusCode?: unknown }) {
  return { statusCode: reply.statusCode }
}

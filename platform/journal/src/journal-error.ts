/** The reasons to refuse a record or a directory. */
export type JournalErrorCode =
  /** Backpressure: too much waits for the disk (`bufferBytesMax`) or for shipping (`diskBytesMax`). */
  | 'full'
  /** The disk failed; the journal retries by itself. */
  | 'failing'
  /** The record is empty or too long; it will never be accepted. */
  | 'record-size'
  | 'closed'
  /** The directory is already open, or its contents cannot be trusted. */
  | 'unusable'

/** `executed` says whether the record may still appear in a batch: `maybe` when the disk failed during the write. */
export class JournalError extends Error {
  readonly code: JournalErrorCode
  readonly executed: 'no' | 'maybe'

  constructor(code: JournalErrorCode, message: string, options: { executed?: 'no' | 'maybe'; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.name = 'JournalError'
    this.code = code
    this.executed = options.executed ?? 'no'
  }
}

/** Where the journal reports problems to the operator; pino fits. */
export interface Log {
  warn(details: object, message: string): void
  error(details: object, message: string): void
}

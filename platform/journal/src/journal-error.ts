/** Why a record was not accepted, or a directory not opened. */
export type JournalErrorCode =
  /** Too much is waiting: for the disk (`bufferBytesMax`) or to be shipped (`diskBytesMax`). Backpressure. */
  | 'full'
  /** The disk failed; the journal tries again by itself. */
  | 'failing'
  /** The record is empty or too long; it will never be accepted. */
  | 'record-size'
  | 'closed'
  /** The directory is open already, or its contents cannot be trusted. */
  | 'unusable'

/** `executed` says whether the record may turn up in a batch all the same: `maybe` when the disk failed mid-write. */
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

/** Where the journal reports what an operator must know; pino fits. */
export interface Log {
  warn(details: object, message: string): void
  error(details: object, message: string): void
}

/** The write side of the journal: open, append, close. */
import { resolve } from 'node:path'
import { type Committer, closeFile, isIdle, newCommitter, schedule } from './commit.ts'
import { type Disk, nodeDisk } from './disk.ts'
import { frameHeaderBytes, headerBytes, recordBytesMax } from './frame.ts'
import { type AppendDone, addRecord } from './group.ts'
import { JournalError, type Log } from './journal-error.ts'
import { deleteShipped, openSegments, type Position, type SegmentStore } from './segments.ts'

export interface JournalOptions {
  /** Created if missing. No other process may use it. */
  readonly dir: string
  /** The maximum size of a segment, the unit of deletion. Default 32 MiB. */
  readonly segmentBytesMax?: number
  /** Bytes that may wait for the disk; further appends are refused. Memory use is twice that. Default 4 MiB. */
  readonly bufferBytesMax?: number
  /** Bytes on disk that may wait for shipping and deletion; further appends are refused. Default 4 GiB. */
  readonly diskBytesMax?: number
  /** Default: the console. */
  readonly log?: Log
  /** Default: this machine's. */
  readonly disk?: Disk
  /** Milliseconds; default `Date.now`. */
  readonly now?: () => number
}

export interface JournalStats {
  /** Totals since opening. */
  readonly appendedRecords: number
  readonly refusedRecords: number
  readonly failedRecords: number
  readonly commits: number
  /** Current values. */
  readonly waitingRecords: number
  readonly waitingBytes: number
  readonly segments: number
  readonly diskBytes: number
  readonly isFailing: boolean
}

export interface Journal {
  /** A UUID in the directory: positions in a shared database are per journal. */
  readonly id: string
  /**
   * Adds a record of 1 byte to 1 MiB (a string as UTF-8). Resolves, or calls `done`, once the record is durable;
   * otherwise yields a `JournalError`. `done` saves a promise, runs outside the caller's async context, and should not
   * throw.
   */
  append(record: Uint8Array | string): Promise<void>
  append(record: Uint8Array | string, done: AppendDone): void
  /** Resolves when no append waits for the disk. */
  idle(): Promise<void>
  stats(): JournalStats
  /** Refuses further appends, waits for the accepted ones, closes the files. */
  close(): Promise<void>
  /** For the shipper of this package only. */
  readonly shipping: Shipping
}

export interface Shipping {
  readonly store: SegmentStore
  /** Calls `listener` after each commit. One listener, so one shipper; throws for a second. */
  listen(listener: () => void): void
  unlisten(): void
  /** Deletes shipped segments. */
  release(shipped: Position): Promise<void>
}

const mebibyte = 1 << 20
const consoleLog: Log = {
  warn: (details, message) => console.warn(message, details),
  error: (details, message) => console.error(message, details),
}

/** Directories open in this process. Keyed by disk, because each test has its own. */
const openDirs = new WeakMap<Disk, Set<string>>()

/**
 * Opens the journal in a directory and recovers it: cuts off an unfinished last write and keeps every acknowledged
 * record. Throws a `JournalError` `unusable` when the directory is already open or inconsistent, a `RangeError` for
 * limits that contradict each other, and the disk's own errors.
 */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const { disk = nodeDisk, log = consoleLog, now = Date.now } = options
  const limits = limitsOf(options)
  const dir = resolve(options.dir)
  const dirs = openDirs.get(disk) ?? new Set()
  openDirs.set(disk, dirs)
  if (dirs.has(dir)) throw new JournalError('unusable', `the journal in ${dir} is already open in this process`)
  dirs.add(dir)
  try {
    const store = await openSegments({ disk, dir, log })
    const committer = newCommitter({ store, segmentBytesMax: limits.segmentBytesMax, now })
    return newJournal(committer, limits, () => dirs.delete(dir))
  } catch (error) {
    dirs.delete(dir)
    throw error
  }
}

type Limits = ReturnType<typeof limitsOf>

function limitsOf(options: JournalOptions) {
  const { segmentBytesMax = 32 * mebibyte, bufferBytesMax = 4 * mebibyte, diskBytesMax = 4096 * mebibyte } = options
  if (segmentBytesMax < headerBytes + bufferBytesMax || segmentBytesMax > 1024 * mebibyte) {
    throw new RangeError(
      `segmentBytesMax is ${segmentBytesMax}; it must hold a full buffer (${headerBytes + bufferBytesMax} bytes) ` +
        'and be at most 1 GiB',
    )
  }
  return { segmentBytesMax, bufferBytesMax, diskBytesMax, recordBytesMax: Math.min(recordBytesMax, bufferBytesMax - 8) }
}

function newJournal(committer: Committer, limits: Limits, release: () => void): Journal {
  const { store } = committer
  let closed: Promise<void> | undefined
  const isClosed = () => closed !== undefined

  function append(record: Uint8Array | string): Promise<void>
  function append(record: Uint8Array | string, done: AppendDone): void
  function append(record: Uint8Array | string, done?: AppendDone): Promise<void> | undefined {
    if (done !== undefined) {
      const refusal = isClosed() ? closedError(store) : accept(committer, limits, record, done)
      if (refusal !== undefined) {
        committer.counts.refused += 1
        process.nextTick(done, refusal)
      }
      return
    }
    return new Promise((resolve, reject) => append(record, error => (error ? reject(error) : resolve())))
  }

  function idle(): Promise<void> {
    return isIdle(committer) ? Promise.resolve() : new Promise(resolve => committer.idleWaiters.push(resolve))
  }

  function close(): Promise<void> {
    closed ??= Promise.resolve()
      .then(idle)
      .then(() => closeFile(committer))
      .finally(release)
    return closed
  }

  return { id: store.id, append, idle, close, stats: () => statsOf(committer), shipping: shippingOf(committer) }
}

/** Adds the record to the collecting group, or returns the reason to refuse it. */
function accept(
  committer: Committer,
  limits: Limits,
  record: Uint8Array | string,
  done: AppendDone,
): JournalError | undefined {
  const { failing, collecting, store } = committer
  if (failing !== undefined && committer.now() < failing.untilMs) {
    return new JournalError('failing', `the journal in ${store.dir} cannot write: ${failing.cause.message}`, {
      cause: failing.cause,
    })
  }
  if (record.length === 0) return new JournalError('record-size', 'an empty record cannot be appended')
  const waitingBytes = collecting.usedBytes + (committer.flying?.usedBytes ?? 0)
  if (committer.diskBytes + waitingBytes >= limits.diskBytesMax) {
    const backlog = `${committer.diskBytes} bytes on disk wait to be shipped`
    return new JournalError('full', `the journal in ${store.dir} is full: ${backlog}; is the sink down?`)
  }
  const freeBytes = Math.min(limits.bufferBytesMax - waitingBytes, frameHeaderBytes + limits.recordBytesMax)
  if (addRecord(collecting, record, { freeBytes, seed: store.seed }) === 0) {
    const sizeBytes = Buffer.byteLength(record)
    return sizeBytes > limits.recordBytesMax
      ? new JournalError('record-size', `a record of ${sizeBytes} bytes is over the limit of ${limits.recordBytesMax}`)
      : new JournalError('full', `the journal in ${store.dir} is full: ${waitingBytes} bytes wait for the disk`)
  }
  collecting.waiters.push(done)
  schedule(committer)
}

function closedError(store: SegmentStore): JournalError {
  return new JournalError('closed', `the journal in ${store.dir} is closed`)
}

function statsOf(committer: Committer): JournalStats {
  const { collecting, flying, counts } = committer
  return {
    appendedRecords: counts.appended,
    refusedRecords: counts.refused,
    failedRecords: counts.failed,
    commits: counts.commits,
    waitingRecords: collecting.waiters.length + (flying?.waiters.length ?? 0),
    waitingBytes: collecting.usedBytes + (flying?.usedBytes ?? 0),
    segments: committer.store.segments.length,
    diskBytes: committer.diskBytes,
    isFailing: committer.failing !== undefined,
  }
}

function shippingOf(committer: Committer): Shipping {
  const { store } = committer
  return {
    store,
    listen: listener => {
      if (committer.onCommit !== undefined) throw new Error(`the journal in ${store.dir} has a shipper already`)
      committer.onCommit = listener
    },
    unlisten: () => {
      committer.onCommit = undefined
    },
    release: async shipped => {
      try {
        await deleteShipped(store, shipped)
      } catch (error) {
        store.log.warn({ err: error, dir: store.dir }, 'journal: a shipped segment could not be deleted; will retry')
      }
      committer.diskBytes = store.segments.reduce((sum, segment) => sum + segment.endBytes, 0)
    },
  }
}

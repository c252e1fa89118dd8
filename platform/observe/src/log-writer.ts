/**
 * Writes finished log lines to a file or to a descriptor such as stderr, in batches and synchronously. The alternative
 * was pino's asynchronous destination (sonic-boom 4.2, see README). It reorders the last lines when the process ends
 * during a write, and it never exits when the other end of the pipe stops reading.
 */
import { fstatSync, writeSync } from 'node:fs'
import { type LogFile, openLogFile } from './log-file.ts'
import { redactLine } from './redact.ts'

export interface LogWriter {
  /** Takes one line of JSON with its newline. Never throws or blocks. */
  write(line: string): void
  /** Writes everything buffered, and waits at most `exitWaitMs` for a slow reader. */
  flush(done?: () => void): void
  /** Flushes, then releases the descriptor and the exit hook. */
  close(): void
}

export interface LogWriterOptions {
  /** A path (appended to, see log-file.ts) or an open descriptor. */
  readonly destination: string | number
  /** Only for a path: the size limit of all its files together. */
  readonly bytesMax?: number | undefined
  readonly now?: () => number
  /** The longest time that a line waits; `kill -9` loses no more than that. */
  readonly flushAfterMs?: number
  /** When a reader falls behind by more than this, the newest lines are dropped, and a later line reports how many. */
  readonly bufferCharsMax?: number
  readonly exitWaitMs?: number
}

const flushCharsMin = 16 * 1024
const lineCharsMax = 64 * 1024
const retryAfterMs = 50

/** Opens the destination; throws when a file cannot be opened. Flushes the buffer when the process exits. */
export function openLogWriter(options: LogWriterOptions): LogWriter {
  const { destination, flushAfterMs = 50, bufferCharsMax = 4 * 1024 * 1024, exitWaitMs = 1_000 } = options
  const { bytesMax, now = Date.now } = options
  const file = typeof destination === 'number' ? pipe(destination) : openLogFile({ path: destination, bytesMax, now })
  const buffer = bufferInFrontOf(file, bufferCharsMax)
  let timer: NodeJS.Timeout | undefined

  function drainSoon(afterMs: number): void {
    timer ??= setTimeout(() => {
      timer = undefined
      if (!buffer.drain()) drainSoon(retryAfterMs)
    }, afterMs).unref()
  }

  function flush(done?: () => void): void {
    const deadline = performance.now() + exitWaitMs
    while (!buffer.drain() && performance.now() < deadline) sleepMs(5)
    done?.()
  }

  function write(line: string): void {
    const clean = redactLine(line.length > lineCharsMax ? shortened(line) : line)
    const waitingChars = buffer.add(clean)
    const isDue = waitingChars >= flushCharsMin || isUrgent(clean)
    if (isDue && !buffer.isStalled() && buffer.drain()) return
    drainSoon(buffer.isStalled() ? retryAfterMs : flushAfterMs)
  }

  const onExit = () => flush()
  process.on('exit', onExit)

  function close(): void {
    flush()
    clearTimeout(timer)
    process.off('exit', onExit)
    buffer.discard()
    file.close()
  }

  return { write, flush, close }
}

/** Up to `charsMax` characters that are not written yet. */
function bufferInFrontOf(file: LogFile, charsMax: number) {
  let pending = ''
  let unwritten: Buffer | undefined
  let isLineStart = true
  let dropped = 0
  let isReaderGone = false

  /** Returns how many characters are waiting. */
  function add(line: string): number {
    if (pending.length + (unwritten?.length ?? 0) + line.length > charsMax) dropped++
    else pending += line
    return pending.length
  }

  /** Writes as much as the system accepts. False: the system accepts no more right now. */
  function drain(): boolean {
    while (!isReaderGone) {
      if (!unwritten) {
        if (pending === '' && dropped === 0) return true
        unwritten = Buffer.from(dropped === 0 ? pending : pending + droppedLine(dropped))
        pending = ''
        dropped = 0
      }
      try {
        const writtenBytes = file.write(unwritten, isLineStart)
        isLineStart = writtenBytes === unwritten.length
        unwritten = writtenBytes < unwritten.length ? unwritten.subarray(writtenBytes) : undefined
      } catch (error) {
        // After a full pipe (EAGAIN) or disk (ENOSPC), a retry may succeed. After a closed pipe it never will.
        const code = (error as NodeJS.ErrnoException).code
        if (code !== 'EPIPE' && code !== 'EBADF') return false
        discard()
      }
    }
    pending = ''
    return true
  }

  function discard(): void {
    isReaderGone = true
    unwritten = undefined
    pending = ''
  }

  return { add, drain, discard, isStalled: () => unwritten !== undefined }
}

/** A descriptor that the caller opened and will close. */
function pipe(fd: number): LogFile {
  neverBlockOn(fd)
  return { write: bytes => writeSync(fd, bytes), close() {} }
}

/**
 * A blocking pipe whose reader stopped would block the whole server. Node makes the standard pipes non-blocking when
 * code first accesses their stream; after that, a full pipe returns EAGAIN.
 */
function neverBlockOn(fd: number): void {
  const stat = fstatSync(fd)
  if (!stat.isFIFO() && !stat.isSocket()) return
  if (fd === 1) void process.stdout
  if (fd === 2) void process.stderr
}

/**
 * Errors and fatal errors are written at once. Lines begin with `{"level":"`, and only these two levels start with e or
 * f.
 */
function isUrgent(line: string): boolean {
  const first = line.charCodeAt(10)
  return first === 101 || first === 102
}

/** Replaces a line that is too long by one that reports it and quotes its beginning. */
function shortened(line: string): string {
  const level = /^\{"level":"(\w+)"/.exec(line)?.[1] ?? 'warn'
  const fields = {
    level,
    time: new Date().toISOString(),
    lengthChars: line.length,
    start: redactLine(line.slice(0, 4_096)),
  }
  return `${JSON.stringify({ ...fields, msg: 'a log line was too long' })}\n`
}

function droppedLine(dropped: number): string {
  const fields = {
    level: 'warn',
    time: new Date().toISOString(),
    dropped,
    msg: 'log lines dropped: the reader is too slow',
  }
  return `${JSON.stringify(fields)}\n`
}

function sleepMs(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

/**
 * Where finished log lines go: a file, or a descriptor such as stderr. Lines are batched and written synchronously.
 * Measured against pino's own asynchronous destination (sonic-boom 4.2, README): that one writes the last lines before
 * earlier ones when the process ends during a write, and never ends at all when nobody reads the pipe.
 */
import { fstatSync, writeSync } from 'node:fs'
import { type LogFile, openLogFile } from './log-file.ts'
import { redactLine } from './redact.ts'

export interface LogWriter {
  /** One line of JSON with its newline. Never throws and never waits. */
  write(line: string): void
  /** Hands everything buffered to the system, waiting at most `exitWaitMs` for a reader that is behind. */
  flush(done?: () => void): void
  /** Flushes and gives up the descriptor and the exit hook. */
  close(): void
}

export interface LogWriterOptions {
  /** A path (appended to, see log-file.ts) or an open descriptor. */
  readonly destination: string | number
  /** Of a path: how much all its files may hold. */
  readonly bytesMax?: number | undefined
  readonly now?: () => number
  /** Lines wait at most this long; `kill -9` loses no more than that. */
  readonly flushAfterMs?: number
  /** A reader that falls behind by more than this loses the newest lines; a line says how many. */
  readonly bufferCharsMax?: number
  readonly exitWaitMs?: number
}

const flushCharsMin = 16 * 1024
const lineCharsMax = 64 * 1024
const retryAfterMs = 50

/** Opens the destination; throws when a file cannot be opened. Buffered lines are flushed when the process exits. */
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

/** At most `charsMax` characters that the system has not taken yet. */
function bufferInFrontOf(file: LogFile, charsMax: number) {
  let pending = ''
  let unwritten: Buffer | undefined
  let isLineStart = true
  let dropped = 0
  let isReaderGone = false

  /** Returns how much is waiting. */
  function add(line: string): number {
    if (pending.length + (unwritten?.length ?? 0) + line.length > charsMax) dropped++
    else pending += line
    return pending.length
  }

  /** Writes what the system takes now. False: it takes no more at the moment. */
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
        // A full pipe (EAGAIN) or disk (ENOSPC) may take it later. A closed pipe never will.
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

/** A descriptor that somebody else opened, and closes. */
function pipe(fd: number): LogFile {
  neverBlockOn(fd)
  return { write: bytes => writeSync(fd, bytes), close() {} }
}

/**
 * Writing to a blocking pipe whose reader has stopped would stop the whole server. Node makes the standard pipes
 * non-blocking when their stream is first asked for; after that a full pipe answers EAGAIN.
 */
function neverBlockOn(fd: number): void {
  const stat = fstatSync(fd)
  if (!stat.isFIFO() && !stat.isSocket()) return
  if (fd === 1) void process.stdout
  if (fd === 2) void process.stderr
}

/** Errors and worse go out at once. Lines begin `{"level":"`, and of the levels only these two begin with e or f. */
function isUrgent(line: string): boolean {
  const first = line.charCodeAt(10)
  return first === 101 || first === 102
}

/** A line nobody can read in full is replaced by one that says so and quotes its beginning. */
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
    msg: 'log lines dropped, the reader is too slow',
  }
  return `${JSON.stringify(fields)}\n`
}

function sleepMs(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

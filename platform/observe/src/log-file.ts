/**
 * A log file that cannot fill the disk. When it is full or a week old, it is renamed to `octet.log.1`, the previous
 * `octet.log.1` to `octet.log.2`, and the oldest is deleted. It needs no other program, and only one process may write
 * to it.
 */
import { closeSync, existsSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

export interface LogFileOptions {
  /** Created with mode 0600, and its folder if missing. New lines are appended. */
  readonly path: string
  /** The limit of all files together; each may hold a fifth of it. Default 100 MiB. */
  readonly bytesMax?: number | undefined
  readonly now?: () => number
}

export interface LogFile {
  /** Writes as much as the system accepts and returns the number of bytes. `isLineStart`: the file may rotate first. */
  write(bytes: Uint8Array, isLineStart: boolean): number
  close(): void
}

const files = 5
const bytesMaxDefault = 100 * 1024 * 1024
const dayMs = 86_400_000
/** The maximum age of a log line is the sum of both constants: docs/decisions/0008-erasure.md relies on 30 days. */
const currentAgeMaxMs = 7 * dayMs
const olderAgeMaxMs = 23 * dayMs
const retryAfterMs = 10_000

/** Throws when the file cannot be opened. If a later rotation fails, it is retried, and writing continues meanwhile. */
export function openLogFile({ path, bytesMax = bytesMaxDefault, now = Date.now }: LogFileOptions): LogFile {
  const fileBytesMax = Math.floor(bytesMax / files)
  mkdirSync(dirname(path), { recursive: true })
  let current = openForAppend(path, now())
  let notBeforeMs = 0

  function change(nowMs: number): void {
    try {
      shiftFiles(path, nowMs)
      const next = openForAppend(path, nowMs)
      closeSync(current.fd)
      current = next
    } catch {
      // An oversized log is better than none, and the log itself is the only place to report the error.
      notBeforeMs = nowMs + retryAfterMs
    }
  }

  return {
    write(bytes, isLineStart) {
      const nowMs = now()
      const isFull = current.sizeBytes > 0 && current.sizeBytes + bytes.length > fileBytesMax
      const isOld = current.sizeBytes > 0 && nowMs - current.sinceMs > currentAgeMaxMs
      if (isLineStart && (isFull || isOld) && nowMs >= notBeforeMs) change(nowMs)
      const writtenBytes = writeSync(current.fd, bytes)
      current.sizeBytes += writtenBytes
      return writtenBytes
    },
    close: () => closeSync(current.fd),
  }
}

function openForAppend(path: string, nowMs: number): { fd: number; sizeBytes: number; sinceMs: number } {
  const fd = openSync(path, 'a', 0o600)
  const { size, birthtimeMs } = fstatSync(fd)
  // Some file systems do not record when a file was created; its age then counts from this start.
  return { fd, sizeBytes: size, sinceMs: size > 0 && birthtimeMs > 0 ? birthtimeMs : nowMs }
}

/** Renames `path` → `path.1` → … and deletes the last one and all that are too old. */
function shiftFiles(path: string, nowMs: number): void {
  const nameOf = (number: number) => (number === 0 ? path : `${path}.${number}`)
  rmSync(nameOf(files - 1), { force: true })
  for (let number = files - 2; number >= 0; number--) {
    const name = nameOf(number)
    if (!existsSync(name)) continue
    if (number > 0 && nowMs - statSync(name).mtimeMs > olderAgeMaxMs) rmSync(name, { force: true })
    else renameSync(name, nameOf(number + 1))
  }
}

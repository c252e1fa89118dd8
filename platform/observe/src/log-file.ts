/**
 * A log file that cannot fill the disk: when it is full, or a week old, it becomes `octet.log.1`, the one that had that
 * name `octet.log.2`, and the last goes. No other program is needed for it, and no second process may write to it.
 */
import { closeSync, existsSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

export interface LogFileOptions {
  /** Made with mode 0600, its folder too, and appended to. */
  readonly path: string
  /** All files together. Each takes a fifth of it. Default 100 MiB. */
  readonly bytesMax?: number | undefined
  readonly now?: () => number
}

export interface LogFile {
  /** Writes what the system takes now and returns its bytes. `isLineStart`: the file may change before these. */
  write(bytes: Uint8Array, isLineStart: boolean): number
  close(): void
}

const files = 5
const bytesMaxDefault = 100 * 1024 * 1024
const dayMs = 86_400_000
/** No line is kept longer than the sum: docs/decisions/0008-erasure.md counts on 30 days. */
const currentAgeMaxMs = 7 * dayMs
const olderAgeMaxMs = 23 * dayMs
const retryAfterMs = 10_000

/** Throws when the file cannot be opened. Later failures to change files are tried again; writing goes on meanwhile. */
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
      // A log that is too large beats none, and there is nobody to tell but the log.
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
  // Some file systems do not know when a file was made; it then counts from this start.
  return { fd, sizeBytes: size, sinceMs: size > 0 && birthtimeMs > 0 ? birthtimeMs : nowMs }
}

/** `path` → `path.1` → … → gone; also those that are too old go. */
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

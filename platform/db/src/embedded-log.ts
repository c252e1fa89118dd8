/** PostgreSQL's own log. PostgreSQL writes the file itself, so it also records its end after our process was killed. */
import { copyFile, type FileHandle, open, stat, truncate } from 'node:fs/promises'

/** The disk holds at most twice this, plus what PostgreSQL writes between two checks. */
const logBytesMax = 4 * 1024 * 1024
const lookEveryMs = 5_000
const tailBytes = 8_192
const tailLines = 15

export interface ServerLog {
  /** For the child's output; open until `close`. */
  readonly fd: number
  sizeBytes(): Promise<number>
  /** The last lines written since it had `startBytes`. */
  tail(startBytes: number): Promise<string>
  close(): Promise<void>
}

/**
 * Opens `file` for appending and bounds its size: a full log is copied to `<file>.1` and truncated in place. After a
 * rename, PostgreSQL would go on writing to the renamed file.
 */
export async function openServerLog(file: string): Promise<ServerLog> {
  const handle = await open(file, 'a', 0o600)
  await shorten(file)
  let looking: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    looking = shorten(file).catch(() => undefined) // a full disk: the next check tries again
  }, lookEveryMs)
  timer.unref()
  return {
    fd: handle.fd,
    sizeBytes: async () => (await stat(file)).size,
    async tail(startBytes) {
      const { size } = await stat(file)
      return await readTail(file, startBytes > size ? 0 : startBytes, size) // truncated since
    },
    async close() {
      clearInterval(timer)
      await looking
      await handle.close()
    },
  }
}

/** Truncates the log when it is full; `<file>.1` then has its content. */
export async function shorten(file: string, bytesMax = logBytesMax): Promise<void> {
  if ((await stat(file)).size <= bytesMax) return
  await copyFile(file, `${file}.1`)
  await truncate(file)
}

async function readTail(file: string, start: number, end: number): Promise<string> {
  const handle: FileHandle = await open(file, 'r')
  try {
    const from = Math.max(start, end - tailBytes)
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(end - from), 0, end - from, from)
    return buffer.toString('utf8', 0, bytesRead).trim().split('\n').slice(-tailLines).join('\n')
  } finally {
    await handle.close()
  }
}

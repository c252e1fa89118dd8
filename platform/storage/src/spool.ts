/** Incoming bytes: written to a file while their size and hash are computed. */
import { createHash, randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { limited, type PutOptions } from './storage.ts'

/** Uploads of processes on other machines count as dead after this. */
const abandonedAfterMs = 24 * 60 * 60_000

export interface Spooled {
  readonly path: string
  readonly file: FileHandle
  readonly sizeBytes: number
  readonly sha256: string
}

/**
 * Writes the body to a new file in `dir` and runs `use` with it. Deletes the file afterwards unless `use` moved it. A
 * killed process leaves it to {@link sweepSpool}.
 */
export async function spool<T>(
  { dir, body, options }: { dir: string; body: AsyncIterable<Uint8Array>; options: PutOptions },
  use: (spooled: Spooled) => Promise<T>,
): Promise<T> {
  const path = join(dir, `${hostname()}~${process.pid}~${randomUUID()}`)
  const file = await open(path, 'wx+', 0o600)
  try {
    const hash = createHash('sha256')
    let sizeBytes = 0
    for await (const chunk of limited(body, options)) {
      hash.update(chunk)
      await file.writeFile(chunk) // At the file's own position; continues after short writes.
      sizeBytes += chunk.byteLength
    }
    return await use({ path, file, sizeBytes, sha256: hash.digest('hex') })
  } finally {
    await file.close()
    await rm(path, { force: true })
  }
}

/** Creates the folder and removes what dead processes left in it. Other processes may be using it. */
export async function sweepSpool(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  for (const name of await readdir(dir)) {
    const [host, pid] = name.split('~')
    const isOurs = host === hostname()
    const isAlive = isOurs ? Number(pid) !== process.pid && isRunning(Number(pid)) : await isRecent(join(dir, name))
    if (!isAlive) await rm(join(dir, name), { force: true })
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function isRecent(path: string): Promise<boolean> {
  const info = await stat(path).catch(() => undefined)
  return info !== undefined && Date.now() - info.mtimeMs < abandonedAfterMs
}

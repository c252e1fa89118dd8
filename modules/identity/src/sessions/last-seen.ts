/** Last use of sessions and API keys: collected in memory and written in batches, each at most once a minute. */
import type { Db } from '@octet/db'
import type { Log } from '@octet/observe'

const writeMs = 5_000
const perSessionMs = 60_000
const sessionsMax = 20_000

export interface LastSeen {
  record(sessionId: string): void
  /** Writes the uses since the last flush. */
  flush(): Promise<void>
  start(): void
  /** Stops and writes the rest. */
  stop(): Promise<void>
}

/** Creates a recorder. Call `start` to write periodically. */
export function createLastSeen({
  db,
  touch,
  log,
  now,
}: {
  db: Db
  /** Writes that these were used now. */
  touch: (db: Db, ids: readonly string[]) => Promise<void>
  log: Pick<Log, 'warn'>
  now: () => number
}): LastSeen {
  /** Session → when it was last queued. Insertion order is age. */
  const seenAtMs = new Map<string, number>()
  const toWrite = new Set<string>()
  let writing: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined

  const write = async () => {
    const ids = [...toWrite]
    toWrite.clear()
    // Losing an entry is harmless: an active session is recorded again.
    await touch(db, ids).catch(error => log.warn({ err: error }, 'last use of sessions could not be written'))
    writing = undefined
  }
  const flush = async () => {
    if (writing === undefined && toWrite.size > 0) writing = write()
    await writing
  }

  return {
    record(sessionId) {
      const atMs = now()
      const before = seenAtMs.get(sessionId)
      if (before !== undefined && Math.abs(atMs - before) < perSessionMs) return
      seenAtMs.delete(sessionId)
      seenAtMs.set(sessionId, atMs)
      if (seenAtMs.size > sessionsMax) seenAtMs.delete(seenAtMs.keys().next().value as string)
      if (toWrite.size < sessionsMax) toWrite.add(sessionId)
    },
    flush,
    start() {
      timer ??= setInterval(flush, writeMs)
    },
    async stop() {
      clearInterval(timer)
      timer = undefined
      await flush()
    },
  }
}

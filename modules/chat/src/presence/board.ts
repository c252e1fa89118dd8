/**
 * The people connected to this process. A row is written when a person's first connection opens, and some seconds after
 * their last one closed. A reload or a restart within that grace period changes nothing.
 */
import type { chat } from '@octet/contracts/chat'
import { type Db, newId } from '@octet/db'
import type { Log } from '@octet/observe'
import * as presenceStore from './store.ts'

export const presenceMembersMax = 100
const roomsMax = 200
const leaseMs = 15_000
const tickMs = 1_000
const renewEveryTicks = 5
const [graceMinMs, graceMaxMs] = [10_000, 20_000]

export interface PresenceBoard {
  /** Records a connection of this person; connections are counted. */
  opened(userId: string): void
  closed(userId: string): void
  /** Marks the person as idle or active. Does nothing when they are not connected here. */
  idle(userId: string, isIdle: boolean): Promise<void>
  /** Publishes a person's presence to their rooms. */
  publish(userId: string): Promise<void>
  close(): Promise<void>
}

interface Here {
  connections: number
  isIdle: boolean
  /** When the person counts as gone; set while they have no open connection. */
  goneAtMs: number | undefined
}

export interface PresenceParts {
  readonly db: Db<typeof chat>
  readonly log: Pick<Log, 'warn'>
  readonly now: () => number
  readonly emit: (roomId: string, body: { userId: string; status: string; lastSeenAt: string | null }) => void
}

/** The state of a person who is not connected. */
export function createPresenceBoard(parts: PresenceParts): PresenceBoard {
  const here = new Map<string, Here>()
  const writer = createWriter(parts, here)
  let ticks = 0
  const tick = () => {
    if (++ticks % renewEveryTicks === 0 && here.size > 0) writer.renew()
    for (const [userId, known] of here) {
      if (known.goneAtMs === undefined || known.goneAtMs > parts.now()) continue
      here.delete(userId)
      void writer.write(userId)
    }
  }
  let timer: NodeJS.Timeout | undefined
  return {
    opened(userId) {
      timer ??= setInterval(tick, tickMs)
      const known = here.get(userId)
      if (known === undefined) {
        here.set(userId, { connections: 1, isIdle: false, goneAtMs: undefined })
        void writer.write(userId)
        return
      }
      known.connections++
      known.goneAtMs = undefined
    },
    closed(userId) {
      const known = here.get(userId)
      if (known === undefined || --known.connections > 0) return
      known.goneAtMs = parts.now() + graceMinMs + Math.random() * (graceMaxMs - graceMinMs)
    },
    async idle(userId, isIdle) {
      const known = here.get(userId)
      if (known === undefined || known.isIdle === isIdle) return
      known.isIdle = isIdle
      await writer.write(userId)
    },
    publish: writer.publish,
    async close() {
      clearInterval(timer)
      await writer.close()
    },
  }
}

async function publish({ db, emit }: PresenceParts, userId: string): Promise<void> {
  const { status, last_seen_at: lastSeenAt } = await presenceStore.presenceOf(db, userId)
  const rooms = await presenceStore.roomsToTell(db, userId, presenceMembersMax, roomsMax)
  for (const roomId of rooms) emit(roomId, { userId, status, lastSeenAt })
}

/** Runs one write at a time, so that an arrival and a departure keep their order. */
function createWriter(parts: PresenceParts, here: ReadonlyMap<string, Here>) {
  const { db, log, now } = parts
  const nodeId = newId()
  let isLeased = false
  let isClosed = false
  let tail: Promise<unknown> = Promise.resolve()
  const inTurn = (work: () => Promise<unknown>) => {
    const turn = tail.then(() => (isClosed ? undefined : work()))
    tail = turn.catch(error => log.warn({ err: error }, 'presence could not be written'))
    return tail
  }
  const renew = async () => {
    isLeased = true
    if (!(await presenceStore.renewLease(db, nodeId, leaseMs))) return
    // The lease is new, or it expired while this process was paused.
    for (const [userId, { isIdle }] of here) await presenceStore.come(db, userId, nodeId, isIdle)
  }
  return {
    renew: () => void inTurn(renew),
    write: (userId: string) =>
      inTurn(async () => {
        if (!isLeased) await renew()
        const known = here.get(userId)
        if (known === undefined) await presenceStore.go(db, userId, nodeId, new Date(now()).toISOString())
        else await presenceStore.come(db, userId, nodeId, known.isIdle)
        await publish(parts, userId)
      }),
    // Queued as well: a state read before the person hid must not be published after that.
    publish: async (userId: string) => void (await inTurn(() => publish(parts, userId))),
    async close() {
      isClosed = true
      await tail
      if (isLeased) await presenceStore.endLease(db, nodeId).catch(() => undefined) // it ends by itself
    },
  }
}

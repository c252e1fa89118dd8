/**
 * Who is connected to this process. A row is written when somebody's first connection opens and when, some seconds
 * after their last one closed, they have not come back: a reload or a restart makes nobody flicker.
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
  /** A connection of this person opened; each is counted. */
  opened(userId: string): void
  closed(userId: string): void
  /** Away from the keyboard, or back. Does nothing for who is not connected here. */
  idle(userId: string, isIdle: boolean): Promise<void>
  /** Tells the rooms how somebody is to be shown now. */
  tell(userId: string): Promise<void>
  close(): Promise<void>
}

interface Here {
  connections: number
  isIdle: boolean
  /** When they count as gone; set while no connection is open. */
  goneAtMs: number | undefined
}

export interface PresenceParts {
  readonly db: Db<typeof chat>
  readonly log: Pick<Log, 'warn'>
  readonly now: () => number
  readonly emit: (roomId: string, body: { userId: string; status: string; lastSeenAt: string | null }) => void
}

/** Nobody is there yet. */
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
    tell: writer.tell,
    async close() {
      clearInterval(timer)
      await writer.close()
    },
  }
}

async function tell({ db, emit }: PresenceParts, userId: string): Promise<void> {
  const { status, last_seen_at: lastSeenAt } = await presenceStore.presenceOf(db, userId)
  const rooms = await presenceStore.roomsToTell(db, userId, presenceMembersMax, roomsMax)
  for (const roomId of rooms) emit(roomId, { userId, status, lastSeenAt })
}

/** One write after the other, so that a coming and a going cannot change places. */
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
    // The lease is new, or had ended while this process stood still.
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
        await tell(parts, userId)
      }),
    // In its turn as well: what was read before somebody hid must not be told after it.
    tell: async (userId: string) => void (await inTurn(() => tell(parts, userId))),
    async close() {
      isClosed = true
      await tail
      if (isLeased) await presenceStore.endLease(db, nodeId).catch(() => undefined) // it ends by itself
    },
  }
}

/**
 * Who is connected to this process. A row is written when somebody's first connection opens and when, some seconds
 * after their last one closed, they have not come back: a reload or a restart makes nobody flicker.
 */
import type { chat } from '@octet/contracts'
import { type Db, newId } from '@octet/db'
import type { Log } from '@octet/observe'
import * as presenceStore from './presence-store.ts'

export const presenceMembersMax = 100
const roomsMax = 200
const leaseMs = 15_000
const renewMs = 5_000
const tickMs = 1_000
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
export function createPresenceBoard({ db, log, now, emit }: PresenceParts): PresenceBoard {
  const nodeId = newId()
  const here = new Map<string, Here>()
  let renewedAtMs = Number.NEGATIVE_INFINITY
  let isClosed = false
  // One write after the other, so that a coming and a going cannot change places.
  let tail: Promise<unknown> = Promise.resolve()
  const inTurn = (work: () => Promise<unknown>) => {
    tail = tail
      .then(() => (isClosed ? undefined : work()))
      .catch(error => log.warn({ err: error }, 'presence is not told'))
    return tail
  }
  const tell = async (userId: string) => {
    const { status, last_seen_at: lastSeenAt } = await presenceStore.presenceOf(db, userId)
    const rooms = await presenceStore.roomsToTell(db, userId, presenceMembersMax, roomsMax)
    for (const roomId of rooms) emit(roomId, { userId, status, lastSeenAt })
  }
  const renew = async () => {
    if (performance.now() - renewedAtMs < renewMs) return
    await presenceStore.renewLease(db, nodeId, leaseMs)
    renewedAtMs = performance.now()
  }
  const write = (userId: string) =>
    inTurn(async () => {
      const known = here.get(userId)
      await renew()
      if (known === undefined) await presenceStore.go(db, userId, nodeId, new Date(now()).toISOString())
      else await presenceStore.come(db, userId, nodeId, known.isIdle)
      await tell(userId)
    })
  const tick = () => {
    if (here.size > 0) void inTurn(renew)
    for (const [userId, known] of here) {
      if (known.goneAtMs === undefined || known.goneAtMs > now()) continue
      here.delete(userId)
      void write(userId)
    }
  }
  let timer: NodeJS.Timeout | undefined
  return {
    opened(userId) {
      timer ??= setInterval(tick, tickMs)
      const known = here.get(userId)
      if (known === undefined) {
        here.set(userId, { connections: 1, isIdle: false, goneAtMs: undefined })
        void write(userId)
        return
      }
      known.connections++
      known.goneAtMs = undefined
    },
    closed(userId) {
      const known = here.get(userId)
      if (known === undefined || --known.connections > 0) return
      known.goneAtMs = now() + graceMinMs + Math.random() * (graceMaxMs - graceMinMs)
    },
    async idle(userId, isIdle) {
      const known = here.get(userId)
      if (known === undefined || known.isIdle === isIdle) return
      known.isIdle = isIdle
      await write(userId)
    },
    tell,
    async close() {
      clearInterval(timer)
      const last = tail
      isClosed = true
      await last
      if (renewedAtMs > 0) await presenceStore.endLease(db, nodeId).catch(() => undefined) // it ends by itself
    },
  }
}

/**
 * Delivers events from a module's outbox to their listeners. At least once: a row is deleted only after every listener
 * has handled the event, and listeners drop repeats by their inbox.
 *
 * Rows are leased by moving `next_attempt_at` ahead instead of locking them during delivery: a lock would keep a
 * transaction open while others work. A relay that dies loses its lease after {@link leaseMs}. Polling is the source of
 * truth; `wake` only shortens the wait. There is no cursor over ids: they commit out of order, so a cursor skips rows
 * (docs/decisions/0002-events.md).
 */
import { countRows, type Db } from '@octet/db'

export interface OutboxEvent {
  readonly id: number
  readonly eventId: string
  /** `<module>.<event>`. */
  readonly event: string
  readonly data: unknown
  readonly attempts: number
  /** W3C `traceparent` of what published it. */
  readonly traceparent: string | undefined
}

/** Delivers one event to all its listeners. Resolves when all have handled it, rejects when one fails. */
export type Deliver = (event: OutboxEvent) => Promise<void>

export interface RelayOptions {
  readonly module: string
  readonly db: Db
  readonly deliver: Deliver
  readonly log: { warn(fields: object, message: string): void; error(fields: object, message: string): void }
  /** Tests shorten these. */
  readonly leaseMs?: number
  readonly pollMs?: number
  readonly attemptsMax?: number
}

export interface Relay {
  start(): void
  /** Polls now: this process has published an event. */
  wake(): void
  /** Delivers the due events and returns their number. */
  runOnce(): Promise<number>
  /** Stops after the current batch. */
  stop(): Promise<void>
}

const batchMax = 100
const defaultLeaseMs = 5_000
const defaultPollMs = 250
const defaultAttemptsMax = 12
const backoffMsMax = 60_000

/** Creates a relay for one module's outbox. It does nothing until it is started or asked to run once. */
export function createRelay(options: RelayOptions): Relay {
  const { db, module, log, leaseMs = defaultLeaseMs, pollMs = defaultPollMs } = options
  let running: Promise<void> | undefined
  let stopping = false
  let woken = false
  let wakeSleeper: (() => void) | undefined

  const runOnce = async (): Promise<number> => {
    const batch = await lease(db, module, leaseMs)
    const delivered: number[] = []
    for (const event of batch) {
      try {
        await options.deliver(event)
        delivered.push(event.id)
      } catch (error) {
        await postpone(options, event, error)
      }
    }
    if (delivered.length > 0) await db.sql`delete from outbox where id = any(${delivered})`
    return batch.length
  }

  const sleep = () =>
    new Promise<void>(resolve => {
      const timer = setTimeout(resolve, pollMs)
      wakeSleeper = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  const loop = async () => {
    while (!stopping) {
      woken = false
      const handled = await runOnce().catch(error => {
        log.warn({ err: error, module }, 'the outbox could not be read; trying again')
        return 0
      })
      if (handled < batchMax && !woken && !stopping) await sleep()
    }
  }

  return {
    start() {
      running ??= loop()
    },
    wake() {
      woken = true
      wakeSleeper?.()
    },
    runOnce,
    async stop() {
      stopping = true
      wakeSleeper?.()
      await running
    },
  }
}

async function lease(db: Db, module: string, leaseMs: number): Promise<OutboxEvent[]> {
  const rows = await db.sql<
    { id: number; event_id: string; event: string; data: unknown; attempts: number; traceparent: string | null }[]
  >`
    update outbox
    set attempts = attempts + 1, next_attempt_at = now() + make_interval(secs => ${leaseMs / 1000})
    where id = any(array(
      select id from outbox
      where dead_at is null and next_attempt_at <= now()
      order by next_attempt_at, id
      limit ${batchMax}
      for update skip locked))
    returning id, event_id, event, data, attempts, traceparent`
  return rows
    .map(row => ({
      id: row.id,
      eventId: row.event_id,
      event: `${module}.${row.event}`,
      data: row.data,
      attempts: row.attempts,
      traceparent: row.traceparent ?? undefined,
    }))
    .sort((a, b) => a.id - b.id)
}

async function postpone(options: RelayOptions, event: OutboxEvent, error: unknown): Promise<void> {
  const { db, log, attemptsMax = defaultAttemptsMax } = options
  const isDead = event.attempts >= attemptsMax
  const delayMs = Math.min(backoffMsMax, 100 * 2 ** event.attempts) * (0.5 + Math.random() / 2)
  const text = (error instanceof Error ? error.message : String(error)).slice(0, 1000)
  const fields = { err: error, event: event.event, eventId: event.eventId, attempts: event.attempts }
  if (isDead) log.error(fields, 'an event could not be delivered and waits for an operator')
  else log.warn(fields, 'an event could not be delivered; trying again')
  await db.sql`
    update outbox
    set last_error = ${text}, next_attempt_at = now() + make_interval(secs => ${delayMs / 1000}),
        dead_at = case when ${isDead} then now() end
    where id = ${event.id}`
}

/** The state of an outbox, counted up to {@link countMax}. */
export interface OutboxStats {
  /** Events that are not delivered yet. */
  readonly waiting: number
  /** Age of the oldest of them; 0 without any. */
  readonly oldestMs: number
  /** Events that failed too often and wait for an operator. */
  readonly dead: number
}

const countMax = 10_000

/** Cheap at any length: it counts a bounded number of index entries and reads one row. */
export async function outboxStats(db: Db): Promise<OutboxStats> {
  const { sql } = db
  const [oldest] = await sql<{ ageMs: number }[]>`
    select (extract(epoch from now() - created_at) * 1000)::float8 as "ageMs"
    from outbox where dead_at is null order by id limit 1`
  return {
    waiting: await countRows(db, sql`from outbox where dead_at is null`, countMax),
    oldestMs: oldest?.ageMs ?? 0,
    dead: await countRows(db, sql`from outbox where dead_at is not null`, countMax),
  }
}

/** Dead events, oldest first, at most 100. */
export function deadEvents(db: Db) {
  return db.sql<{ id: number; event: string; data: unknown; last_error: string; dead_at: string }[]>`
    select id, event, data, last_error, dead_at from outbox where dead_at is not null order by id limit 100`
}

/** Gives a dead event another round of attempts. False when there is no such event. */
export async function replayEvent(db: Db, id: number): Promise<boolean> {
  const rows = await db.sql`
    update outbox set dead_at = null, attempts = 0, next_attempt_at = now()
    where id = ${id} and dead_at is not null
    returning id`
  return rows.length === 1
}

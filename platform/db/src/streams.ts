/** The logs behind live streams. Every module's schema has its own; platform/realtime carries them to clients. */
import { randomBytes } from 'node:crypto'
import { commonProblem, type LogEvent } from '@octet/contracts'
import { newId } from './id.ts'
import type { Queryable, Sql } from './sql.ts'

/** An event as its module appends it; `seq` and time come from the database. */
export interface NewStreamEvent {
  readonly type: string
  readonly body: unknown
  /** The user who caused it. */
  readonly from?: string
  /** The sender's own id for it. */
  readonly cmid?: string
}

/** What was appended, once it is committed. */
export interface Appended {
  readonly stream: string
  readonly epoch: string
  readonly event: LogEvent
}

export interface StreamHead {
  readonly stream: string
  readonly epoch: string
  readonly seq: number
}

/** A numbered send of a device: carried out only when all before it have been. */
export interface Turn {
  readonly userId: string
  readonly device: string
  readonly stream: string
  readonly csn: number
}

/**
 * Takes the next `seq` and writes the event. The row lock on the stream is held until the transaction ends, so order
 * of `seq` is order of commit and no reader ever skips a row; a sequence or a timestamp would promise neither.
 */
export async function appendEvent(sql: Sql, stream: string, event: NewStreamEvent): Promise<Appended> {
  const id = newId()
  const { type, body, from, cmid } = event
  const [row] = await sql<{ epoch: string; seq: number; at: string }[]>`
    with head as (
      insert into streams as known (name, epoch, last_seq) values (${stream}, ${newEpoch()}, 1)
      on conflict (name) do update set last_seq = known.last_seq + 1
      returning epoch, last_seq
    ), written as (
      insert into stream_events (stream, seq, id, type, body, from_id, cmid)
      select ${stream}, last_seq, ${id}, ${type}, ${sql.json(body as never)}, ${from ?? null}, ${cmid ?? null} from head
      returning seq, at
    )
    select epoch, seq, at from head, written`
  if (row === undefined) throw new Error(`nothing was appended to ${stream}`)
  return {
    stream,
    epoch: row.epoch,
    event: eventOf({ ...row, id, type, body, from_id: from ?? null, cmid: cmid ?? null }),
  }
}

function newEpoch(): string {
  return randomBytes(6).toString('base64url')
}

interface EventRow {
  readonly seq: number
  readonly id: string
  readonly type: string
  readonly body: unknown
  readonly from_id: string | null
  readonly cmid: string | null
  readonly at: string
}

function eventOf({ seq, id, at, type, body, from_id, cmid }: EventRow): LogEvent {
  const event = { seq, id, at, type, body }
  if (from_id === null && cmid === null) return event
  return { ...event, ...(from_id === null ? {} : { from: from_id }), ...(cmid === null ? {} : { cmid }) }
}

/** Where each of these streams ends; streams nothing was ever written to are left out. */
export async function readHeads({ sql }: Queryable, streams: readonly string[]): Promise<StreamHead[]> {
  return sql<StreamHead[]>`
    select name as stream, epoch, last_seq as seq from streams where name = any(${[...streams]}::text[])`
}

/** Up to `limit` events after `after`, in order. */
export async function readEvents(
  { sql }: Queryable,
  stream: string,
  { after, limit }: { after: number; limit: number },
): Promise<LogEvent[]> {
  const rows = await sql<EventRow[]>`
    select seq, id, type, body, from_id, cmid, at from stream_events
    where stream = ${stream} and seq > ${after}
    order by seq limit ${limit}`
  return rows.map(eventOf)
}

/** Takes the turn, in the transaction of what is done in it. Throws `out-of-turn` with the number that is expected. */
export async function takeTurn({ sql }: Queryable, { userId, device, stream, csn }: Turn): Promise<void> {
  const moved = await sql`
    update stream_turns set last_csn = ${csn}, used_at = now()
    where user_id = ${userId} and device = ${device} and stream = ${stream} and last_csn = ${csn - 1}
    returning true`
  if (moved.length === 1) return
  const first =
    csn === 1
      ? await sql`
          insert into stream_turns (user_id, device, stream, last_csn) values (${userId}, ${device}, ${stream}, 1)
          on conflict do nothing returning true`
      : []
  if (first.length === 1) return
  const [known] = await sql<{ last_csn: number }[]>`
    select last_csn from stream_turns where user_id = ${userId} and device = ${device} and stream = ${stream}`
  throw commonProblem('out-of-turn', { data: { expected: (known?.last_csn ?? 0) + 1 } })
}

/** Lets what was refused for good count as done, so that what follows it may pass. */
export async function skipTurn(db: Queryable, turn: Turn): Promise<void> {
  await takeTurn(db, turn).catch(error => {
    if ((error as { code?: string }).code !== 'out-of-turn') throw error
  })
}

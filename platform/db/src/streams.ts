/** The logs behind live streams. Every module's schema has its own; platform/realtime delivers them to clients. */
import { randomBytes } from 'node:crypto'
import { commonProblem, type LogEvent, Problem } from '@octet/contracts'
import { newId } from './id.ts'
import type { Queryable, Sql } from './sql.ts'

/** An event as its module appends it; `seq` and time come from the database. */
export interface NewStreamEvent {
  readonly type: string
  readonly body: unknown
  /** The user who caused it. */
  readonly from?: string
  /** The sender's own id for the event. */
  readonly cmid?: string
}

/** An appended event, once it is committed. */
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

/** A numbered send of a device: executed only after all sends before it. */
export interface Turn {
  readonly userId: string
  readonly device: string
  readonly stream: string
  readonly csn: number
  readonly cmid: string
}

/** The stored part of the refusal of a send. */
interface RefusedTurn {
  readonly csn: number
  readonly cmid: string
  readonly code: string
  readonly status: number
  readonly title: string
}

/** More than a connection may have waiting for an answer. */
const refusedTurnsMax = 32

/**
 * Takes the next `seq` and writes the event. The transaction holds the row lock on the stream until it ends. Therefore
 * the order of `seq` is the order of commits, and no reader skips a row. A sequence or a timestamp guarantees neither.
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

/** The heads of these streams; streams without events are omitted. */
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

/**
 * Takes the turn, in the transaction of the send's effect. Throws the stored refusal when the same send was refused in
 * this turn before, else `out-of-turn` with the expected number.
 */
export async function takeTurn(db: Queryable, turn: Turn): Promise<void> {
  if (await moveTurn(db, turn)) return
  const { userId, device, stream, csn, cmid } = turn
  const [known] = await db.sql<{ last_csn: number; refused: readonly RefusedTurn[] }[]>`
    select last_csn, refused from stream_turns
    where user_id = ${userId} and device = ${device} and stream = ${stream}`
  const before = known?.refused.find(each => each.csn === csn && each.cmid === cmid)
  if (before !== undefined) throw new Problem(before)
  throw commonProblem('out-of-turn', { data: { expected: (known?.last_csn ?? 0) + 1 } })
}

/**
 * Counts a permanently refused send as done, so that later sends may pass, and stores the refusal. If the client
 * repeats the send because the answer was lost, it must not be executed after the later ones.
 */
export function skipTurn(db: Queryable, turn: Turn, { code, status, title }: Problem): Promise<boolean> {
  const { csn, cmid } = turn
  return moveTurn(db, turn, { csn, cmid, code, status, title })
}

/** False when the turn belongs to another send. */
async function moveTurn(
  { sql }: Queryable,
  { userId, device, stream, csn }: Turn,
  refusal?: RefusedTurn,
): Promise<boolean> {
  const newest = `$[0 to ${refusedTurnsMax - 1}]`
  const added = sql.json((refusal === undefined ? [] : [refusal]) as never)
  const moved = await sql`
    update stream_turns
    set last_csn = ${csn}, used_at = now(),
        refused = case when ${refusal === undefined} then refused
                       else jsonb_path_query_array(${added}::jsonb || refused, ${newest}::jsonpath) end
    where user_id = ${userId} and device = ${device} and stream = ${stream} and last_csn = ${csn - 1}
    returning true`
  if (moved.length === 1) return true
  if (csn !== 1) return false
  const first = await sql`
    insert into stream_turns (user_id, device, stream, last_csn, refused)
    values (${userId}, ${device}, ${stream}, 1, ${added})
    on conflict do nothing returning true`
  return first.length === 1
}

/** The logs behind live streams. Every module's schema has its own; platform/realtime carries them to clients. */
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
  readonly cmid: string
}

/** How a send was refused, as far as it is remembered. */
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

/**
 * Takes the turn, in the transaction of what is done in it. Throws what the same send was refused with when it had this
 * turn before, else `out-of-turn` with the number that is expected.
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
 * Lets what was refused for good count as done, so that what follows it may pass, and remembers the refusal: asked
 * again because the answer was lost, the send must not be said after all, behind those that followed it.
 */
export function skipTurn(db: Queryable, turn: Turn, { code, status, title }: Problem): Promise<boolean> {
  const { csn, cmid } = turn
  return moveTurn(db, turn, { csn, cmid, code, status, title })
}

/** False when it is another's turn. */
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

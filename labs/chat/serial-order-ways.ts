/** Three ways to number messages, and a count of what a reader misses under each. */
import type { chat } from '@octet/contracts/chat'
import { type Db, newId } from '@octet/db'

export const ways = ['serial', 'timestamp', 'octet'] as const
export type Way = (typeof ways)[number]
type LabDb = Db<typeof chat>

/** The work of a writer between taking its number and committing: the other statements of its transaction. */
const workMsMax = 4
const pageMax = 200

export interface Outcome {
  readonly written: number
  /** Committed, but never passed to the reader. */
  readonly skipped: number
}

/** Writers fill rooms while one reader follows each. A committed message that the reader never got was skipped. */
export async function countSkipped(
  db: LabDb,
  way: Way,
  { writers, rooms, durationMs }: { writers: number; rooms: number; durationMs: number },
): Promise<Outcome> {
  const keys = Array.from({ length: rooms }, () => newId())
  const stop = AbortSignal.timeout(durationMs)
  const written = new Set<string>()
  const write = async (writer: number) => {
    for (let index = writer; !stop.aborted; index++) written.add(await writeOne(db, way, keys[index % rooms] ?? ''))
  }
  const writing = Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)))
  const readers = keys.map(key => follow(db, way, key, writing))
  await writing
  const seen = new Set((await Promise.all(readers)).flatMap(ids => [...ids]))
  return { written: written.size, skipped: [...written].filter(id => !seen.has(id)).length }
}

/** The id of the written row, after its commit. */
function writeOne(db: LabDb, way: Way, room: string): Promise<string> {
  const workMs = Math.random() * workMsMax
  return db.transaction('lab.write', async tx => {
    const id = await insert(tx, way, room)
    await tx.sql`select pg_sleep(${workMs / 1000})`
    return id
  })
}

type LabTx = Parameters<Parameters<LabDb['transaction']>[1]>[0]

async function insert(tx: LabTx, way: Way, room: string): Promise<string> {
  if (way === 'octet') {
    const event = { type: 'member-left', body: { userId: room, reason: 'left' } } as const
    return (await tx.append('room', room, event)).event.id
  }
  if (way === 'timestamp') {
    const id = newId()
    await tx.sql`insert into lines_by_time (id, room) values (${id}, ${room})`
    return id
  }
  const [row] = await tx.sql<{ id: string }[]>`insert into lines_by_serial (room) values (${room}) returning id::text`
  return row?.id ?? ''
}

interface Row {
  readonly id: string
  /** The position from which the reader continues. */
  readonly place: string
}

/** Queries repeatedly for rows after its last position, until none is left. */
async function follow(db: LabDb, way: Way, room: string, writing: Promise<unknown>): Promise<ReadonlySet<string>> {
  const seen = new Set<string>()
  let last: string | undefined
  let isDone = false
  void writing.then(() => {
    isDone = true
  })
  for (;;) {
    const isLast = isDone
    const rows = await after(db, way, room, last)
    for (const { id, place } of rows) {
      seen.add(id)
      last = place
    }
    if (isLast && rows.length === 0) return seen
  }
}

function after({ sql, schema }: LabDb, way: Way, room: string, last: string | undefined): Promise<Row[]> {
  if (way === 'octet') {
    return sql<Row[]>`
      select id, seq::text as place from stream_events
      where stream = ${`${schema}:room:${room}`} and seq > ${last ?? '0'}::bigint order by seq limit ${pageMax}`
  }
  if (way === 'serial') {
    return sql<Row[]>`
      select id::text, id::text as place from lines_by_serial
      where room = ${room} and id > ${last ?? '0'}::bigint order by id limit ${pageMax}`
  }
  return sql<Row[]>`
    select id, at::text as place from lines_by_time
    where room = ${room} and at > ${last ?? '-infinity'}::timestamptz order by at limit ${pageMax}`
}

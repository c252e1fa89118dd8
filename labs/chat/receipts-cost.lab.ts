/** Read receipts: a row for each message and reader, or two numbers for each member? */
import { join } from 'node:path'
import { chat } from '@octet/contracts/chat'
import { openPool, startEmbeddedPostgres } from '@octet/db'
import { signUp } from '@octet/identity/testing'
import { createLog } from '@octet/observe'
import { httpClient } from '@octet/testkit'
import type { Experiment } from '../../bench/experiment.ts'
import { median } from '../../bench/load/latency.ts'
import { startOctet, withTempDir } from '../../bench/octet.ts'

const people = 50
const messages = 1_000
const day = 10_000

/** @public loaded by main.ts */
export const experiment: Experiment = {
  name: 'receipts-cost',
  shows: `${people} members read ${messages} messages: rows, bytes and time of a row for each message and reader, and of cursors`,
  cores: 'shared',
  goals: [
    { of: 'cursorRows', atMost: people },
    { of: 'cursorBytesOfRows', atMost: 0.01 },
    { of: 'octetUnreadIsRight', atLeast: 1 },
  ],
  run: ({ pick, say }) =>
    withTempDir(async dir => {
      const postgres = await startEmbeddedPostgres({ dir: join(dir, 'postgres'), log: createLog({ level: 'error' }) })
      const sql = openPool(postgres.url, { connectionsMax: 1 })
      try {
        const size = { people, messages: pick({ short: 100, normal: messages, long: messages * 5 }) }
        say(`a row for each of ${size.messages} messages and ${people} readers`)
        const rows = await readWithRows(sql, size)
        const cursors = await readWithCursors(sql, size)
        say('the same over Octet')
        const octet = await readWithOctet(postgres.url, dir)
        return {
          baseline: 'insert (message, reader) for each read message (as Rocket.Chat and Zulip do)',
          metrics: {
            readers: size.people,
            messages: size.messages,
            rowsRows: rows.rows,
            rowsBytes: rows.bytes,
            rowsReadMs: rows.readMs,
            rowsUnreadMs: rows.unreadMs,
            rowsBytesADay: (rows.bytes / size.messages) * day,
            cursorRows: cursors.rows,
            cursorBytes: cursors.bytes,
            cursorReadMs: cursors.readMs,
            cursorUnreadMs: cursors.unreadMs,
            octetReadMs: octet.readMs,
            octetUnreadIsRight: octet.isRight ? 1 : 0,
          },
          ratios: {
            cursorBytesOfRows: cursors.bytes / rows.bytes,
            cursorReadOfRows: cursors.readMs / rows.readMs,
          },
        }
      } finally {
        await sql.end({ timeout: 5 })
        await postgres.stop()
      }
    }),
}

type Pool = ReturnType<typeof openPool>

interface Size {
  readonly people: number
  readonly messages: number
}

interface Cost {
  readonly rows: number
  readonly bytes: number
  /** Records that one person has read all new messages, 20 each time. */
  readonly readMs: number
  /** Counts the unread messages of one person. */
  readonly unreadMs: number
}

const newAtOnce = 20

async function readWithRows(sql: Pool, size: Size): Promise<Cost> {
  await sql`
    create table read_rows (
      message bigint, reader bigint, at timestamptz not null, primary key (message, reader))`
  await sql`create index read_rows_of_reader on read_rows (reader, message)`
  return cost(sql, size, {
    table: 'read_rows',
    read: (reader, upTo) => sql`
      insert into read_rows select message, ${reader}, now()
      from generate_series(${upTo - newAtOnce + 1}::bigint, ${upTo}) as message on conflict do nothing`,
    unread: reader => sql`
      select count(*) from generate_series(1::bigint, ${size.messages}) as message
      where not exists (select from read_rows where reader = ${reader} and read_rows.message = message.message)`,
  })
}

async function readWithCursors(sql: Pool, size: Size): Promise<Cost> {
  await sql`create table cursors (reader bigint primary key, delivered bigint not null, read bigint not null)`
  await sql`insert into cursors select reader, 0, 0 from generate_series(1, ${size.people}) as reader`
  return cost(sql, size, {
    table: 'cursors',
    read: (reader, upTo) => sql`
      update cursors set delivered = greatest(delivered, ${upTo}), read = greatest(read, ${upTo})
      where reader = ${reader}`,
    unread: reader => sql`
      select count(*) from generate_series((select read + 1 from cursors where reader = ${reader}), ${size.messages})`,
  })
}

async function cost(
  sql: Pool,
  { people: readers, messages: total }: Size,
  way: {
    readonly table: string
    readonly read: (reader: number, upTo: number) => PromiseLike<unknown>
    readonly unread: (reader: number) => PromiseLike<unknown>
  },
): Promise<Cost> {
  const [readTimes, unreadTimes]: [number[], number[]] = [[], []]
  for (let upTo = newAtOnce; upTo <= total; upTo += newAtOnce) {
    for (let reader = 1; reader <= readers; reader++) readTimes.push(await timed(() => way.read(reader, upTo)))
  }
  // An update leaves the old row until vacuum, so the size counts what stays.
  await sql`vacuum full ${sql(way.table)}`
  for (let reader = 1; reader <= readers; reader++) unreadTimes.push(await timed(() => way.unread(reader)))
  const [size] = await sql<{ rows: number; bytes: number }[]>`
    select (select count(*)::int from ${sql(way.table)}) as rows, pg_total_relation_size(${way.table}) as bytes`
  return {
    rows: size?.rows ?? 0,
    bytes: Number(size?.bytes ?? 0),
    readMs: median(readTimes),
    unreadMs: median(unreadTimes),
  }
}

async function timed(work: () => PromiseLike<unknown>): Promise<number> {
  const startedMs = performance.now()
  await work()
  return performance.now() - startedMs
}

/** Through the public API: reading includes access checks, and the counts are right. */
async function readWithOctet(databaseUrl: string, dir: string): Promise<{ readMs: number; isRight: boolean }> {
  const octet = await startOctet({ dataDir: join(dir, 'octet'), environment: { DATABASE_URL: databaseUrl } })
  try {
    const http = httpClient(octet.origin)
    const clients = []
    for (let person = 0; person < 5; person++) clients.push({ token: await signUp(octet.origin) })
    const [writer, ...readers] = clients.map(caller => ({ chat: http.client(chat, caller), caller }))
    if (writer === undefined) throw new Error('there are no clients')
    const { id: roomId } = await writer.chat.createRoom({ name: 'Receipts' })
    for (const { chat: reader } of readers) await reader.joinRoom({ id: roomId })
    const seqs: number[] = []
    for (let index = 0; index < 30; index++) {
      seqs.push((await writer.chat.sendMessage({ roomId, cmid: `receipts-${index}`, body: 'hello' })).seq)
    }
    const times: number[] = []
    let isRight = true
    for (const [index, seq] of seqs.entries()) {
      for (const { chat: reader } of readers) {
        times.push(await timed(() => reader.markRead({ roomId, seq })))
        const unread = (await reader.getRoom({ id: roomId })).membership?.unread
        isRight &&= unread === seqs.length - index - 1
      }
    }
    return { readMs: median(times), isRight }
  } finally {
    await octet.stop()
  }
}

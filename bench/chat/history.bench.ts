/** The last messages of a room with a million messages. */
import { join } from 'node:path'
import { chat } from '@octet/contracts/chat'
import { identity } from '@octet/contracts/identity'
import { openPool, startEmbeddedPostgres } from '@octet/db'
import { signUp } from '@octet/identity/testing'
import { createLog } from '@octet/observe'
import { httpClient } from '@octet/testkit'
import type { Experiment } from '../experiment.ts'
import { type LatencySummary, latencyRecorder } from '../load/latency.ts'
import { startOctet, withTempDir } from '../octet.ts'
import { fillRoom } from './room.ts'

const messagesNormal = 1_000_000
const limit = 50
const people = 8

/** @public loaded by main.ts */
export const experiment: Experiment = {
  name: 'chat-history',
  shows: `the last ${limit} messages of a room with ${messagesNormal}, over HTTP with sign-in, people, reactions and files`,
  cores: 'split',
  goals: [
    { of: 'newestP50Ms', atMost: 10 },
    { of: 'searchEverywhereP50Ms', atMost: 50 },
  ],
  run: ({ cores, pick, say }) =>
    withTempDir(async dir => {
      const messages = pick({ short: 5_000, normal: messagesNormal, long: messagesNormal })
      const postgres = await startEmbeddedPostgres({ dir: join(dir, 'postgres'), log: createLog({ level: 'error' }) })
      const stops: (() => Promise<unknown>)[] = [() => postgres.stop()]
      try {
        const environment = { DATABASE_URL: postgres.url }
        const octet = await startOctet({ dataDir: join(dir, 'octet'), launcher: cores.server, environment })
        stops.push(() => octet.stop())
        const { token, roomId, authorIds } = await openRoom(octet.origin)
        say(`writing the rows that ${messages} messages leave`)
        await fillRoom(postgres.url, { roomId, authorIds, messages })
        const sql = openPool(postgres.url, { schema: 'chat', connectionsMax: 1 })
        stops.push(() => sql.end({ timeout: 5 }))
        const mine = httpClient(octet.origin).client(chat, { token })
        const bare = (before: number) => sql`
          select * from messages where room_id = ${roomId} and seq < ${before} order by seq desc limit ${limit}`
        const anywhere = () => 1_000 + Math.floor(Math.random() * (messages - 2_000))
        const at = () => new Date(Date.now() - Math.random() * messages * 30_000).toISOString()
        // In turns, so that other work on the machine disturbs all of them alike.
        const looks = {
          bareNewest: () => bare(2 ** 50),
          newest: () => mine.listMessages({ roomId, limit }),
          bareAnywhere: () => bare(anywhere()),
          anywhere: () => mine.listMessages({ roomId, limit, before: anywhere() }),
          aroundMessage: () => mine.listMessages({ roomId, limit, around: anywhere() }),
          aroundTime: () => mine.listMessages({ roomId, limit, at: at() }),
          roomList: () => mine.listRooms({}),
          searchRare: () => mine.searchMessages({ q: `rare${Math.floor(Math.random() * 10)}` }),
          searchEverywhere: () => mine.searchMessages({ q: 'the' }),
          searchUsual: () => mine.searchMessages({ q: `word${Math.floor(Math.random() * 900)}` }),
        }
        const times = await measure(looks, pick({ short: 3, normal: 100, long: 500 }))
        return {
          baseline: 'the SELECT of the messages alone, without reactions, files, people or HTTP; one connection',
          metrics: {
            messages,
            ...Object.fromEntries(Object.entries(times).map(([look, { p50Ms }]) => [`${look}P50Ms`, p50Ms])),
            newestP99Ms: times.newest.p99Ms,
            bareNewestP99Ms: times.bareNewest.p99Ms,
          },
          ratios: {
            newestOfBare: times.newest.p50Ms / times.bareNewest.p50Ms,
            anywhereOfNewest: times.anywhere.p50Ms / times.newest.p50Ms,
          },
        }
      } finally {
        for (const stop of stops.reverse()) await stop()
      }
    }),
}

async function openRoom(origin: string) {
  const tokens = await Promise.all(Array.from({ length: people }, () => signUp(origin)))
  const client = httpClient(origin)
  const authorIds = await Promise.all(
    tokens.map(async token => (await client.client(identity, { token }).getMe({})).id),
  )
  const [token = ''] = tokens
  const { id: roomId } = await client.client(chat, { token }).createRoom({ name: 'Long past' })
  return { token, roomId, authorIds }
}

async function measure<K extends string>(
  looks: Readonly<Record<K, () => PromiseLike<unknown>>>,
  rounds: number,
): Promise<Record<K, LatencySummary>> {
  const names = Object.keys(looks) as K[]
  const recorders = new Map(names.map(name => [name, latencyRecorder()]))
  for (let round = -5; round < rounds; round++) {
    for (const name of names) {
      const startedMs = performance.now()
      await looks[name]()
      if (round >= 0) recorders.get(name)?.record(performance.now() - startedMs)
    }
  }
  return Object.fromEntries(names.map(name => [name, recorders.get(name)?.summary()])) as Record<K, LatencySummary>
}

/**
 * Messages over sockets of two processes on one database: how many per second, and how long until others receive them.
 */

import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { chat } from '@octet/contracts/chat'
import { startEmbeddedPostgres } from '@octet/db'
import { signUp } from '@octet/identity/testing'
import { createLog } from '@octet/observe'
import { httpClient, type ServerProcess } from '@octet/testkit'
import { startRedis } from '../../chaos/cluster/redis-process.ts'
import type { Experiment, RunOptions } from '../experiment.ts'
import { latencyRecorder, median, schedule } from '../load/latency.ts'
import { startBare, startOctet, withTempDir } from '../octet.ts'
import { type Board, type ChatClient, type ChatClientOptions, openChatClient } from './client.ts'

const roomsMany = 16
const perRoom = 2
const openPerSecond = 100
const text = 'Works on mine, and mine is from 2017.'
const bareProgram = fileURLToPath(new URL('./bare-chat-server.ts', import.meta.url))

/** @public loaded by main.ts */
export const experiment: Experiment = {
  name: 'chat-send',
  shows: `messages per second, and p99 from sent to acknowledged and to delivered by the other process, ${openPerSecond}/s open loop`,
  cores: 'split',
  goals: [
    { of: 'deliveredP99Ms', atMost: 100 },
    { of: 'acknowledgedP99Ms', atMost: 100 },
    { of: 'refused', atMost: 0 },
  ],
  run: options =>
    withTempDir(async dir => {
      const postgres = await startEmbeddedPostgres({ dir: join(dir, 'postgres'), log: createLog({ level: 'error' }) })
      const redis = await startRedis()
      if (redis === undefined) options.say('NOT RUN: with Redis; there is no redis-server')
      try {
        const withRedis = redis && (await onTwoProcesses(options, { dir, postgres: postgres.url, redis: redis.port }))
        const without = await onTwoProcesses(options, { dir, postgres: postgres.url, redis: undefined })
        const told = withRedis ?? without
        return {
          baseline: 'bare ws: one insert, one answer, one broadcast; no accounts, order, repeats or second process',
          metrics: {
            ...told.metrics,
            withoutRedisDeliveredP50Ms: without.metrics.deliveredP50Ms,
            withoutRedisDeliveredP99Ms: without.metrics.deliveredP99Ms,
          },
          ratios: told.ratios,
        }
      } finally {
        await redis?.kill()
        await postgres.stop()
      }
    }),
}

interface Place {
  readonly dir: string
  readonly postgres: string
  readonly redis: number | undefined
}

async function onTwoProcesses({ cores, pick, say }: RunOptions, { dir, postgres, redis }: Place) {
  say(redis === undefined ? 'two processes without Redis' : 'two processes with Redis')
  const environment: Record<string, string> = { DATABASE_URL: postgres }
  if (redis !== undefined) environment.REDIS_URL = `redis://127.0.0.1:${redis}`
  const servers: ServerProcess[] = []
  const open: ChatClient[] = []
  try {
    for (const name of ['one', 'two']) servers.push(await startOctet({ dataDir: join(dir, name), environment }))
    const bare = await startBare({ program: bareProgram, launcher: cores.server, environment })
    servers.push(bare)
    const stage = createStage(open)
    const sides = await openSides(stage, servers, bare)
    await burst(stage, sides.many, 500)
    const latency = await steady(stage, sides.many, pick({ short: 1_000, normal: 5_000, long: 20_000 }))
    const rounds: Record<'bare' | 'many' | 'one', { perSecond: number; acknowledgedP99Ms: number }>[] = []
    for (let round = 0; round < pick({ short: 1, normal: 3, long: 7 }); round++) {
      const roundMs = pick({ short: 200, normal: 1_000, long: 3_000 })
      rounds.push({
        bare: await burst(stage, sides.bare, roundMs),
        many: await burst(stage, sides.many, roundMs),
        one: await burst(stage, sides.one, roundMs),
      })
    }
    const of = (read: (round: (typeof rounds)[number]) => number) => median(rounds.map(read))
    return {
      metrics: {
        ...latency,
        perSecond: of(({ many }) => many.perSecond),
        oneRoomPerSecond: of(({ one }) => one.perSecond),
        barePerSecond: of(round => round.bare.perSecond),
        busyAcknowledgedP99Ms: of(({ many }) => many.acknowledgedP99Ms),
        bareBusyAcknowledgedP99Ms: of(round => round.bare.acknowledgedP99Ms),
      },
      ratios: {
        throughputOfBare: of(round => round.many.perSecond / round.bare.perSecond),
        oneRoomOfBare: of(round => round.one.perSecond / round.bare.perSecond),
      },
    }
  } finally {
    for (const client of open) client.close()
    await Promise.all(servers.map(server => server.stop()))
  }
}

interface Stage {
  board: Board
  readonly enter: (where: Omit<ChatClientOptions, 'board'>) => Promise<ChatClient>
}

function newBoard(): Board {
  return { sentAtMs: new Map(), acknowledged: latencyRecorder(), delivered: latencyRecorder(), refused: 0 }
}

function createStage(open: ChatClient[]): Stage {
  const stage: Stage = {
    board: newBoard(),
    async enter(where) {
      const client = await openChatClient({ ...where, board: () => stage.board })
      open.push(client)
      return client
    },
  }
  return stage
}

/**
 * For each room a client at each process, which counts the messages of the other; as many in one room; as many at the
 * bare server.
 */
async function openSides(stage: Stage, servers: readonly ServerProcess[], bare: ServerProcess) {
  const { origin = '' } = servers[0] ?? {}
  const token = await signUp(origin)
  const client = httpClient(origin).client(chat, { token })
  const rooms: string[] = []
  for (let room = 0; room <= roomsMany; room++) {
    rooms.push((await client.createRoom({ name: `Load ${Math.random()}` })).id)
  }
  const [shared = '', ...own] = rooms
  const enter = (room: string, server: ServerProcess | undefined, caller: { token?: string }) => {
    const path = caller.token === undefined ? '' : '/realtime'
    return stage.enter({ url: `ws://127.0.0.1:${server?.port}${path}`, stream: `chat:room:${room}`, ...caller })
  }
  const places = own.flatMap(room => Array.from({ length: perRoom }, (_, index) => ({ room, server: servers[index] })))
  return {
    many: await Promise.all(places.map(({ room, server }) => enter(room, server, { token }))),
    one: await Promise.all(places.map(({ server }) => enter(shared, server, { token }))),
    bare: await Promise.all(places.map(({ room }) => enter(room, bare, {}))),
  }
}

/** As fast as they are acknowledged, one message of each client at a time. */
async function burst(stage: Stage, clients: readonly ChatClient[], durationMs: number) {
  stage.board = newBoard()
  const untilMs = performance.now() + durationMs
  await Promise.all(
    clients.map(async client => {
      while (performance.now() < untilMs) await client.say(text)
    }),
  )
  const { count, p99Ms } = stage.board.acknowledged.summary()
  if (stage.board.refused > 0) throw new Error(`${stage.board.refused} messages were refused`)
  return { perSecond: (count * 1000) / durationMs, acknowledgedP99Ms: p99Ms }
}

/** At a steady rate, however slow the answers are. */
async function steady(stage: Stage, clients: readonly ChatClient[], durationMs: number) {
  stage.board = newBoard()
  const due = schedule(openPerSecond, durationMs)
  const startedMs = performance.now()
  const saying: Promise<void>[] = []
  while (!due.isExhausted()) {
    for (let next = due.next(performance.now() - startedMs); next >= 0; ) {
      saying.push(clients[next % clients.length]!.say(text))
      next = due.next(performance.now() - startedMs)
    }
    await delay(1)
  }
  await Promise.all(saying)
  const deadlineMs = performance.now() + 5_000
  while (stage.board.delivered.summary().count < due.total && performance.now() < deadlineMs) await delay(10)
  const [acknowledged, delivered] = [stage.board.acknowledged.summary(), stage.board.delivered.summary()]
  return {
    sent: due.total,
    deliveredShare: delivered.count / due.total,
    acknowledgedP50Ms: acknowledged.p50Ms,
    acknowledgedP99Ms: acknowledged.p99Ms,
    deliveredP50Ms: delivered.p50Ms,
    deliveredP99Ms: delivered.p99Ms,
    refused: stage.board.refused,
  }
}

/** Clients talk in rooms while servers, the database, Redis and their own connections fail. */
import type { ClusterEvent } from '../../cluster/protocol.ts'
import type { RedisProcess } from '../../cluster/redis-process.ts'
import type { ClusterClient } from '../../cluster/start-cluster.ts'
import { openClient } from '../../history/client.ts'
import { openHistory } from '../../history/history.ts'
import type { Plan } from '../../plan.ts'
import { type Random, seededRandom } from '../../random.ts'
import { type Session, signUp } from '../identity/sign-up.ts'
import type { World } from '../workload.ts'
import { type ChatClient, loadRoom, openChatClient } from './client.ts'
import { type ChatHits, countHits } from './hits.ts'
import { readLogs } from './logs.ts'
import { judgeRooms, lastHeard, type RoomFindings } from './room-oracle.ts'
import { type Stood, standStill } from './stand-still.ts'

export interface ChatRun {
  readonly cluster: ClusterClient
  readonly seed: number
  readonly clients: number
  /** The faults; repeated for `forMs`. */
  readonly planOf: (round: number) => Plan
  readonly forMs?: number
  /** What the run must meet; it adds a few rounds when something is missing. */
  readonly isEnough?: (hits: ChatHits) => boolean
  /** Whether a reader first stops reading until it is disconnected. */
  readonly standsStill?: boolean
  /** Killed and started again during the run, where it exists. */
  readonly redis?: RedisProcess
  /** The run stops waiting when nothing changed for this long. */
  readonly quietMs?: number
}

export interface ChatOutcome {
  readonly findings: RoomFindings
  /** What the run met. */
  readonly hits: ChatHits
  /** From the last heal until all clients had received everything. */
  readonly settledMs: number
}

const actEveryMs = 80
const atOnce = [1, 1, 1, 4]
/** The share of turns that use REST. */
const requestProbability = 0.1
const waitingMax = 50
const resetEveryMs = 250
const resetProbability = 0.05
const slowBytesPerSecond = 4_000
/** A client stays slow for this many resets. */
const turnsSlow = 4
const redisDownMs = 700
const redisUpMs = 900
const lateMs = 500
const quietMsDefault = 20_000
const settleMsMax = 60_000
const roundsMoreMax = 3
let runs = 0

const later = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

/** Talks while faults are active, heals, waits until all clients have received everything, and judges. */
export async function runChat(run: ChatRun): Promise<ChatOutcome> {
  const { cluster } = run
  const random = seededRandom(run.seed)
  const name = `${String(Date.now() % 1e8).padStart(8, '0')}${runs++}`
  const client = openClient(openHistory(), cluster.origins, 'chat')
  const world: World = { client, random, run: name, servers: cluster.origins.length, isOver: () => false }
  const sessions: Session[] = []
  for (let index = 0; index < run.clients; index++) sessions.push(await signUp(world))
  const rooms = await makeRooms(world, sessions, ['one', 'two'])
  const standing = run.standsStill === true ? await letOneStand(world, cluster.origins, sessions) : undefined
  const clients: ChatClient[] = []
  let isOver = false
  try {
    for (const [index, session] of sessions.entries()) {
      clients.push(await openChatClient({ session, origins: cluster.origins, firstServer: index }))
      // The last client joins late and loads a long history.
      if (index < sessions.length - 1) for (const room of rooms) clients[index]?.follow(room)
    }
    const talking = clients.map(each =>
      talk(each, rooms, { random: random.fork(each.session.name), isOver: () => isOver }),
    )
    const harm = startHarm(run.redis, clients, random.fork('wires'))
    const hits = await harmUntilEnough(run, harm, { clients, rooms, stood: standing?.stood })
    for (const room of rooms) clients.at(-1)?.follow(room)
    await later(lateMs)
    isOver = true
    await harm.stop()
    await cluster.heal()
    await Promise.all(talking)
    const everyClient = [...clients, ...(standing?.clients ?? [])]
    const allRooms = [...rooms, ...(standing?.rooms ?? [])]
    const settledMs = await settled(run, everyClient, allRooms)
    const fresh = allRooms.map(async room => {
      return [room, (await loadRoom(cluster.origins[0] ?? '', sessions[0]?.token ?? '', room)).shown] as const
    })
    const findings = judgeRooms({
      said: everyClient.flatMap(each => each.said),
      readers: everyClient.flatMap(each => each.readers()),
      logs: await readLogs(cluster.databaseUrl, allRooms),
      snapshots: new Map(await Promise.all(fresh)),
    })
    return { findings, hits: await hits(), settledMs }
  } finally {
    isOver = true
    await Promise.all([...clients, ...(standing?.clients ?? [])].map(each => each.close()))
  }
}

/** Two accounts in a room of their own, before any fault: one talks a lot, the other does not read. */
async function letOneStand(world: World, origins: readonly string[], others: readonly Session[]) {
  const [speaking, reading] = [await signUp(world), await signUp(world)]
  const rooms = await makeRooms(world, [speaking, reading, ...others], ['loud'])
  const speaker = await openChatClient({ session: speaking, origins, firstServer: 0 })
  const reader = await openChatClient({ session: reading, origins, firstServer: 1 })
  const clients = [speaker, reader]
  try {
    for (const room of rooms) reader.follow(room)
    return { clients, rooms, stood: await standStill({ origins, speaker, reader, room: rooms[0] ?? '' }) }
  } catch (error) {
    await Promise.all(clients.map(each => each.close()))
    throw error
  }
}

interface Talkers {
  readonly clients: readonly ChatClient[]
  readonly rooms: readonly string[]
  readonly stood: Stood | undefined
}

/** Returns a function that counts what the run met. */
async function harmUntilEnough(
  run: ChatRun,
  harm: Harm,
  { clients, rooms, stood }: Talkers,
): Promise<() => Promise<ChatHits>> {
  const { cluster, planOf, forMs = 0, isEnough = () => true } = run
  const before = await cluster.hits()
  const faults: ClusterEvent[] = []
  const hits = async () => {
    const now = Object.entries(await cluster.hits()).map(([kind, count]) => [kind, count - (before[kind] ?? 0)])
    const logs = await readLogs(cluster.databaseUrl, rooms)
    return countHits({ clients, logs, faults, stood, commitsCut: Object.fromEntries(now), ...harm.counts() })
  }
  const startedMs = performance.now()
  for (let round = 0, more = 0; more <= roundsMoreMax; round++) {
    await cluster.run(planOf(round), event => faults.push(event))
    if (performance.now() - startedMs < forMs) continue
    if (isEnough(await hits())) break
    more++
  }
  return hits
}

async function makeRooms(
  { client, run }: World,
  sessions: readonly Session[],
  names: readonly string[],
): Promise<string[]> {
  const rooms: string[] = []
  for (const name of names) {
    const [owner, ...others] = sessions
    const body = { name: `room ${run} ${name}`, visibility: 'public' }
    const made = await client.ask({ op: 'chat.room', method: 'POST', path: '/chat/rooms', body, token: owner?.token })
    const { id } = made.body as { id: string }
    rooms.push(id)
    for (const { token } of others) {
      const { status } = await client.ask({ op: 'chat.join', method: 'POST', path: `/chat/rooms/${id}/join`, token })
      if (status !== 200) throw new Error(`joining was answered ${status}`)
    }
  }
  return rooms
}

interface Talk {
  readonly random: Random
  isOver(): boolean
}

async function talk(client: ChatClient, rooms: readonly string[], { random, isOver }: Talk): Promise<void> {
  let saying: Promise<unknown> | undefined
  while (!isOver()) {
    const room = random.pick(rooms)
    if (saying === undefined && random.chance(requestProbability)) {
      saying = client.say(room).finally(() => {
        saying = undefined
      })
    }
    // Several sends at once: a fault of one must not let the later ones pass. A client that cannot send waits.
    for (let count = random.pick(atOnce); count > 0 && client.live.waiting.get().length < waitingMax; count--) {
      client.act(room, random.next())
    }
    await later(actEveryMs * (1 + random.next() * 3))
  }
  await saying
}

interface Harm {
  counts(): { readonly resets: number; readonly slowTurns: number; readonly redisRestarts: number }
  stop(): Promise<void>
}

/** Restarts Redis, resets connections at random, and slows down one client after the other. */
function startHarm(redis: RedisProcess | undefined, clients: readonly ChatClient[], random: Random): Harm {
  let isOver = false
  let [turns, resets, redisRestarts] = [0, 0, 0]
  const harmWires = async () => {
    for (; !isOver; turns++) {
      for (const { wire } of clients) if (random.chance(resetProbability)) resets += wire.cut('reset')
      const slow = clients[Math.floor(turns / turnsSlow) % clients.length]
      for (const each of clients) each.wire.set(each === slow ? { bytesPerSecond: slowBytesPerSecond } : {})
      await later(resetEveryMs)
    }
    for (const { wire } of clients) wire.set({})
  }
  const restartRedis = async () => {
    for (; redis !== undefined && !isOver; redisRestarts++) {
      await redis.kill()
      await later(redisDownMs)
      await redis.revive()
      await later(redisUpMs)
    }
  }
  const both = Promise.all([harmWires(), restartRedis()])
  return {
    counts: () => ({ resets, slowTurns: Math.ceil(turns / turnsSlow), redisRestarts }),
    async stop() {
      isOver = true
      await both
    },
  }
}

/** Waits until every send is answered and all clients have received everything, or until the time limit. */
async function settled(
  { cluster, quietMs = quietMsDefault }: ChatRun,
  clients: readonly ChatClient[],
  rooms: readonly string[],
): Promise<number> {
  const startedMs = performance.now()
  let [newsMs, before] = [startedMs, '']
  for (;;) {
    const logs = await readLogs(cluster.databaseUrl, rooms)
    const open = clients.flatMap(({ live, said }) => [
      ...live.waiting.get().map(({ cmid }) => cmid),
      ...said.filter(({ state }) => state === 'open').map(({ cmid }) => cmid),
    ])
    const behind = clients.flatMap(client =>
      client.readers().flatMap(reader => {
        const missing = (logs.get(reader.room)?.at(-1)?.seq ?? 0) - lastHeard(reader)
        return missing > 0 ? [missing] : []
      }),
    )
    const nowMs = performance.now()
    const picture = JSON.stringify([open, behind])
    if (picture !== before) newsMs = nowMs
    before = picture
    const isDone = open.length === 0 && behind.length === 0
    if (isDone || nowMs - newsMs > quietMs || nowMs - startedMs > settleMsMax) return nowMs - startedMs
    await later(100)
  }
}

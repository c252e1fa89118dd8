/** Three ways to count clicks: their cost, and the state of the count after kill -9 under load. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Link } from '@octet/contracts/links'
import { openPool, startEmbeddedPostgres } from '@octet/db'
import { signUp } from '@octet/identity/testing'
import { countedClicks, createLinks } from '@octet/links/testing'
import { createLog } from '@octet/observe'
import { getRequest, type KillVerdict, killUnderLoad, type ServerProcess } from '@octet/testkit'
import type { Experiment, RunOptions } from '../../bench/experiment.ts'
import type { Cores } from '../../bench/load/cores.ts'
import { startGenerator } from '../../bench/load/generator.ts'
import { median } from '../../bench/load/latency.ts'
import { startBare, startOctet, withTempDir } from '../../bench/octet.ts'
import { loadSide, sideOf } from '../../bench/rounds.ts'

const connections = 64
const killsOfOctet = 20
const killsOfNaive = 4
const loadMs = 300
const naiveProgram = fileURLToPath(new URL('./naive-click-server.ts', import.meta.url))

const ways = ['update', 'memory', 'octet'] as const
type Way = (typeof ways)[number]

/** @public loaded by main.ts */
export const experiment: Experiment = {
  name: 'click-counter',
  shows:
    'redirects per second on one hot link, and clicks lost or doubled by kill -9: ' +
    'a counter raised in a table, one kept in memory, and the journal',
  cores: 'split',
  goals: [
    { of: 'octetLost', atMost: 0 },
    { of: 'octetDoubled', atMost: 0 },
    { of: 'octetKills', atLeast: killsOfOctet },
    { of: 'octetAmbiguousCounted', atLeast: 1 },
    { of: 'memoryLost', atLeast: 1 },
  ],
  run: options =>
    withTempDir(async dir => {
      const { cores } = options
      const postgres = await startEmbeddedPostgres({ dir: join(dir, 'postgres'), log: createLog({ level: 'error' }) })
      try {
        await createTable(postgres.url)
        const parts = { databaseUrl: postgres.url, dir, cores, options }
        const speeds = await compareSpeeds(parts)
        const kills = {
          update: await killNaive(parts, 'update'),
          memory: await killNaive(parts, 'memory'),
          octet: await killOctet(parts),
        }
        return {
          baseline: 'UPDATE clicks = clicks + 1 before each answer; a counter in memory, written down twice a second',
          metrics: Object.assign({}, ...ways.map(way => metricsOf(way, speeds[way], kills[way]))),
          ratios: {
            octetThroughputOfUpdate: speeds.octet.perSecond / speeds.update.perSecond,
            octetThroughputOfMemory: speeds.octet.perSecond / speeds.memory.perSecond,
            octetP99OfUpdate: speeds.octet.p99Ms / speeds.update.p99Ms,
          },
        }
      } finally {
        await postgres.stop()
      }
    }),
}

/** Beforehand: PostgreSQL fails one of two servers that create it at the same time, in spite of `if not exists`. */
async function createTable(databaseUrl: string): Promise<void> {
  const pool = openPool(databaseUrl, { connectionsMax: 1 })
  try {
    await pool`create table naive_clicks (link integer primary key, clicks bigint not null)`
  } finally {
    await pool.end({ timeout: 5 })
  }
}

interface Parts {
  readonly databaseUrl: string
  readonly dir: string
  readonly cores: Cores
  readonly options: RunOptions
}

interface Speed {
  readonly perSecond: number
  readonly p99Ms: number
}

function startNaive({ databaseUrl, cores }: Parts, way: 'update' | 'memory'): Promise<ServerProcess> {
  const environment = { DATABASE_URL: databaseUrl, MODE: way }
  return startBare({ program: naiveProgram, environment, launcher: cores.server })
}

/** All three serve one hot link, in turns, on the same PostgreSQL. */
async function compareSpeeds(parts: Parts): Promise<Record<Way, Speed>> {
  const { databaseUrl, dir, cores, options } = parts
  options.say('how fast')
  await using generator = startGenerator(cores.generator)
  await using update = await startNaive(parts, 'update')
  await using memory = await startNaive(parts, 'memory')
  const environment = { DATABASE_URL: databaseUrl }
  await using octet = await startOctet({ dataDir: join(dir, 'octet'), launcher: cores.server, environment })
  const [link] = await createLinks(octet.origin, await signUp(octet.origin), 1)
  const hot = (path: string) => [{ request: getRequest(path), status: 302, contains: 'ocation: https://example.org/' }]
  const sides = {
    update: sideOf(update, hot('/s/1000')),
    memory: sideOf(memory, hot('/s/1001')),
    octet: sideOf(octet, hot(`/s/${link?.code}`)),
  }
  const seen: Record<Way, Speed[]> = { update: [], memory: [], octet: [] }
  for (let round = -1; round < options.pick({ short: 1, normal: 3, long: 9 }); round++) {
    for (const way of ways) {
      const { perSecond, latency } = await loadSide(generator, sides[way], { connections, durationMs: 1_000 })
      if (round >= 0) seen[way].push({ perSecond, p99Ms: latency.p99Ms })
    }
  }
  const middle = (speeds: readonly Speed[]): Speed => ({
    perSecond: median(speeds.map(({ perSecond }) => perSecond)),
    p99Ms: median(speeds.map(({ p99Ms }) => p99Ms)),
  })
  return { update: middle(seen.update), memory: middle(seen.memory), octet: middle(seen.octet) }
}

/** Kills the server; its PostgreSQL keeps running. */
function killNaive(parts: Parts, way: 'update' | 'memory'): Promise<KillVerdict> {
  parts.options.say(`${killsOfNaive} kills: ${way === 'update' ? 'a counter in a table' : 'a counter in memory'}`)
  // Each way has its own links, so that counts of one cannot stand in for another's.
  const first = way === 'update' ? 0 : connections
  const own = Array.from({ length: connections }, (_, index) => first + index)
  return killUnderLoad({
    start: () => startNaive(parts, way),
    prepare: async () => own.map(link => getRequest(`/s/${link}`)),
    promise: 302,
    counts: async ({ origin }) => {
      const rows = (await (await fetch(`${origin}/counts`)).json()) as { link: number; clicks: number }[]
      return own.map(link => rows.find(row => row.link === link)?.clicks ?? 0)
    },
    rounds: killsOfNaive,
    loadMs,
    answersPerRound: connections * 2,
  })
}

/** Kills all of Octet, including its PostgreSQL. */
function killOctet({ dir, cores, options }: Parts): Promise<KillVerdict> {
  const rounds = options.pick({ short: 2, normal: killsOfOctet, long: killsOfOctet * 5 })
  options.say(`${rounds} kills: the journal, server and PostgreSQL at once`)
  let token = ''
  let links: Link[] = []
  return killUnderLoad({
    start: () => startOctet({ dataDir: join(dir, 'octet-killed'), launcher: cores.server }),
    async prepare({ origin }) {
      token = await signUp(origin)
      links = await createLinks(origin, token, connections)
      return links.map(({ code }) => getRequest(`/s/${code}`))
    },
    promise: 302,
    counts: ({ origin }) => countedClicks(origin, token, links),
    rounds,
    loadMs,
    answersPerRound: connections * 2,
  })
}

function metricsOf(way: Way, speed: Speed, kills: KillVerdict): Record<string, number> {
  return {
    [`${way}PerSecond`]: speed.perSecond,
    [`${way}P99Ms`]: speed.p99Ms,
    [`${way}Kills`]: kills.kills,
    [`${way}Answered`]: kills.acked,
    [`${way}Lost`]: kills.lost,
    [`${way}Doubled`]: kills.doubled,
    [`${way}Ambiguous`]: kills.ambiguous,
    [`${way}AmbiguousCounted`]: kills.ambiguousCounted,
    [`${way}RecoveryP50Ms`]: median(kills.recoveryMs),
  }
}

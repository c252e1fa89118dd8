/** People chat while faults hit everything. Which messages has each member at the end, and in which order? */
import type { Experiment } from '../../bench/experiment.ts'
import { startRedis } from '../../chaos/cluster/redis-process.ts'
import { type ClusterClient, startCluster } from '../../chaos/cluster/start-cluster.ts'
import { makePlan } from '../../chaos/plan.ts'
import { seededRandom } from '../../chaos/random.ts'
import { mustHaveMet, tableOf } from '../../chaos/systems/chat/hits.ts'
import type { RoomFindings } from '../../chaos/systems/chat/room-oracle.ts'
import { type ChatRun, runChat } from '../../chaos/systems/chat/run-chat.ts'

const servers = 2
const clients = 8
const forMs = 60_000
const roundsLong = 10
const faultsPerRound = 8
/** Often left out: the lock for numbers, the order of a device, a memory of sent messages, polling. */
const asOftenWritten: readonly string[] = [
  'room-unlocked',
  'seq-from-counter',
  'turns-untaken',
  'cmid-forgotten',
  'heads-unpolled',
]

/** @public loaded by main.ts */
export const experiment: Experiment = {
  name: 'chat-chaos',
  shows:
    'what is lost, doubled, out of order or unheard in rooms under kill -9 of servers and database, Redis restarts, ' +
    'reset connections and slow readers',
  cores: 'shared',
  shortForm: 'chaos/test/chat-chaos.test.ts',
  goals: [
    { of: 'octetFindings', atMost: 0 },
    { of: 'octetAmbiguousKept', atLeast: 1 },
    { of: 'octetAmbiguousNotKept', atLeast: 1 },
    { of: 'octetReadersCutOff', atLeast: 1 },
    { of: 'octetReadersResumed', atLeast: 1 },
    { of: 'oftenWrittenFindings', atLeast: 1 },
  ],
  async run({ pick, say }) {
    const redis = await startRedis()
    if (redis === undefined) say('without Redis: there is no redis-server')
    const environment: Record<string, string> =
      redis === undefined ? {} : { REDIS_URL: `redis://127.0.0.1:${redis.port}` }
    const cluster = await startCluster({ servers, environment })
    try {
      const base = { cluster, clients, ...(redis === undefined ? {} : { redis }) }
      const sum: Record<string, number> = { findings: 0, settledMsMax: 0 }
      const rounds = pick({ short: 1, normal: 1, long: roundsLong })
      for (let round = 0; round < rounds; round++) {
        const seed = Math.floor(Math.random() * 2 ** 31)
        say(`Octet, ${forMs / 1_000} s, seed ${seed}`)
        const { findings, hits, settledMs } = await runChat(talk(base, seed))
        for (const line of [...tableOf(hits), ...sentences(findings)]) say(line)
        for (const [name, count] of Object.entries(hits)) sum[name] = (sum[name] ?? 0) + count
        sum.findings = (sum.findings ?? 0) + sentences(findings).length
        sum.settledMsMax = Math.max(sum.settledMsMax ?? 0, settledMs)
      }
      const often = await oftenWritten(base, cluster)
      for (const line of often.sentences) say(line)
      return {
        baseline: 'a chat as it is often written, for a few seconds of the same',
        metrics: {
          ...named('octet', sum),
          oftenWrittenMessages: often.messages,
          oftenWrittenFindings: often.sentences.length,
        },
        ratios: {},
      }
    } finally {
      await cluster.stop()
      await redis?.kill()
    }
  },
}

function talk(base: Pick<ChatRun, 'cluster' | 'clients' | 'redis'>, seed: number): ChatRun {
  return {
    ...base,
    seed,
    forMs,
    standsStill: true,
    planOf: round => makePlan(seededRandom(seed + round), { seed: seed + round, servers, count: faultsPerRound }),
    isEnough: hits => mustHaveMet(hits, { hasRedis: base.redis !== undefined }).length === 0,
  }
}

async function oftenWritten(base: Pick<ChatRun, 'cluster' | 'clients' | 'redis'>, cluster: ClusterClient) {
  await base.redis?.kill()
  await cluster.become(asOftenWritten)
  const steps = [
    { afterMs: 500, fault: { kind: 'cut-after-commit', server: 0 }, forMs: 700 },
    { afterMs: 500, fault: { kind: 'cut-before-commit', server: 0 }, forMs: 700 },
  ] as const
  const { redis: _redis, ...run } = base
  const { findings, hits } = await runChat({
    ...run,
    seed: 1,
    planOf: seed => ({ seed, servers, steps }),
    quietMs: 2_000,
  })
  return { sentences: sentences(findings), messages: hits.messages }
}

function sentences(findings: RoomFindings): string[] {
  return Object.entries(findings).flatMap(([kind, found]) => found.map((text: string) => `  ${kind}: ${text}`))
}

function named(prefix: string, values: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [prefix + name[0]?.toUpperCase() + name.slice(1), value]),
  )
}

/** The cached target of a hot link expires. How many concurrent visitors query the database? */
import { join } from 'node:path'
import { createCache } from '@octet/cache'
import { openPool, startEmbeddedPostgres } from '@octet/db'
import { createLog } from '@octet/observe'
import type { Experiment } from '../../bench/experiment.ts'
import { latencyRecorder, median } from '../../bench/load/latency.ts'
import { withTempDir } from '../../bench/octet.ts'

const visitors = 500
const connectionsMax = 8
/** The cost of a real target on a busy machine: the statement and its round trip. */
const queryMs = 3

/** @public loaded by main.ts */
export const experiment: Experiment = {
  name: 'stampede',
  shows: `${visitors} visits while a hot entry expires: statements sent and the longest wait, with single flight and without`,
  cores: 'shared',
  goals: [
    { of: 'sharedStatementsPerExpiry', atMost: 1 },
    { of: 'sharedWaitOfNaive', atMost: 0.5 },
  ],
  run: ({ pick, say }) =>
    withTempDir(async dir => {
      say('starting PostgreSQL')
      const postgres = await startEmbeddedPostgres({ dir: join(dir, 'postgres'), log: createLog({ level: 'error' }) })
      const pool = openPool(postgres.url, { connectionsMax })
      try {
        let statements = 0
        const load = async (): Promise<string> => {
          statements++
          await pool`select pg_sleep(${queryMs / 1000})`
          return 'https://example.org/'
        }
        await Promise.all(Array.from({ length: connectionsMax }, load)) // connections are open
        const shared = createCache({ entriesMax: 10, ttlMs: 1e9, load })
        const naive = new Map<string, string>()
        const ways = {
          naive: {
            expire: () => void naive.clear(),
            visit: async () => naive.get('hot') ?? naive.set('hot', await load()).get('hot'),
          },
          shared: { expire: () => shared.delete('hot'), visit: () => shared.get('hot') },
        }
        const seen: Record<keyof typeof ways, { statements: number; waitMs: number }[]> = { naive: [], shared: [] }
        const rounds = pick({ short: 2, normal: 20, long: 100 })
        for (let round = 0; round < rounds; round++) {
          for (const way of ['naive', 'shared'] as const) {
            ways[way].expire()
            statements = 0
            const waits = latencyRecorder()
            await Promise.all(
              Array.from({ length: visitors }, async () => {
                const startedMs = performance.now()
                await ways[way].visit()
                waits.record(performance.now() - startedMs)
              }),
            )
            seen[way].push({ statements, waitMs: waits.summary().p99Ms })
          }
        }
        const of = (way: keyof typeof ways, what: 'statements' | 'waitMs') => median(seen[way].map(one => one[what]))
        return {
          baseline: 'look into a map; if it is not there, ask and write it down',
          metrics: {
            expiries: rounds,
            naiveStatementsPerExpiry: of('naive', 'statements'),
            sharedStatementsPerExpiry: of('shared', 'statements'),
            naiveWaitP99Ms: of('naive', 'waitMs'),
            sharedWaitP99Ms: of('shared', 'waitMs'),
          },
          ratios: { sharedWaitOfNaive: of('shared', 'waitMs') / of('naive', 'waitMs') },
        }
      } finally {
        await pool.end({ timeout: 5 })
        await postgres.stop()
      }
    }),
}

/** A million links, requested at random: nearly every visit misses the cache and queries the database. */
import { join } from 'node:path'
import { openPool, startEmbeddedPostgres } from '@octet/db'
import { createLog } from '@octet/observe'
import { getRequest } from '@octet/testkit'
import type { Experiment, Measured, RunOptions } from '../experiment.ts'
import { startGenerator } from '../load/generator.ts'
import { median } from '../load/latency.ts'
import { codePlace, type WantedAnswer } from '../load/plan.ts'
import { startOctet, withTempDir } from '../octet.ts'
import { loadSide, type Round, sideOf } from '../rounds.ts'

const linksNormal = 1_000_000
const perSecond = 1_000
const connections = 64

/** @public loaded by main.ts */
export const experiment: Experiment = {
  name: 'links-million',
  shows: `redirects to a random one of ${linksNormal} links, ${perSecond}/s however slow the answers are`,
  cores: 'split',
  goals: [
    { of: 'randomP99Ms', atMost: 20 },
    { of: 'refused', atMost: 0 },
  ],
  run: options =>
    withTempDir(async dir => {
      const postgres = await startEmbeddedPostgres({ dir: join(dir, 'postgres'), log: createLog({ level: 'error' }) })
      const generator = startGenerator(options.cores.generator)
      try {
        const environment = { DATABASE_URL: postgres.url }
        const octet = await startOctet({ dataDir: join(dir, 'octet'), launcher: options.cores.server, environment })
        try {
          const linksTotal = options.pick({ short: 1_000, normal: linksNormal, long: linksNormal })
          await fillLinks(postgres.url, linksTotal, options)
          const random = sideOf(octet, [randomLink(linksTotal)])
          const hot = sideOf(octet, [randomLink(1)])
          return await measure({ random, hot, generator, linksTotal }, options)
        } finally {
          await octet.stop()
        }
      } finally {
        await generator.close()
        await postgres.stop()
      }
    }),
}

function randomLink(randomBelow: number): WantedAnswer {
  return { request: getRequest(`/s/m${codePlace}`), status: 302, contains: 'https://example.org/', randomBelow }
}

/** By SQL, like an import: creating them one by one would take too long and is not measured here. */
async function fillLinks(databaseUrl: string, linksTotal: number, { say }: RunOptions): Promise<void> {
  say(`inserting ${linksTotal} links`)
  const pool = openPool(databaseUrl, { schema: 'links', connectionsMax: 1 })
  try {
    await pool`set statement_timeout = '5min'`
    await pool`
      insert into links (id, code, code_key, url, created_at, updated_at)
      select gen_random_uuid(), code, code, 'https://example.org/' || number, now(), now()
      from (
        select number, 'm' || translate(lpad(to_oct(number), 7, '0'), '01234567', '23456789') as code
        from generate_series(0, ${linksTotal - 1}) as number
      ) as numbered`
    await pool`analyze links`
  } finally {
    await pool.end({ timeout: 5 })
  }
}

type Side = ReturnType<typeof sideOf>
type Parts = { random: Side; hot: Side; generator: ReturnType<typeof startGenerator>; linksTotal: number }

async function measure({ random, hot, generator, linksTotal }: Parts, { pick, say }: RunOptions): Promise<Measured> {
  say('loading')
  const load = { connections, openPerSecond: perSecond, durationMs: pick({ short: 500, normal: 4_000, long: 10_000 }) }
  await loadSide(generator, random, { ...load, durationMs: pick({ short: 300, normal: 2_000, long: 2_000 }) })
  const rounds: { random: Round; hot: Round }[] = []
  for (let round = 0; round < pick({ short: 1, normal: 3, long: 9 }); round++) {
    rounds.push({ random: await loadSide(generator, random, load), hot: await loadSide(generator, hot, load) })
  }
  const of = (read: (round: (typeof rounds)[number]) => number) => median(rounds.map(read))
  return {
    baseline: 'one hot link on the same server, by turns with the random ones',
    metrics: {
      links: linksTotal,
      randomP50Ms: of(round => round.random.latency.p50Ms),
      randomP99Ms: of(round => round.random.latency.p99Ms),
      hotP50Ms: of(round => round.hot.latency.p50Ms),
      hotP99Ms: of(round => round.hot.latency.p99Ms),
      perSecond: of(round => round.random.perSecond),
      refused: rounds.reduce((sum, round) => sum + round.random.refused, 0),
      generatorLagP99Ms: of(round => round.random.lagP99Ms),
      randomCpuUsPerRequest: of(round => round.random.cpuUsPerRequest),
      hotCpuUsPerRequest: of(round => round.hot.cpuUsPerRequest),
    },
    ratios: { randomP99OfHot: of(round => round.random.latency.p99Ms / round.hot.latency.p99Ms) },
  }
}

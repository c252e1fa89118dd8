/** A plain authenticated read with all features on, against the same statement without any. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startEmbeddedPostgres } from '@octet/db'
import { signUp } from '@octet/identity/testing'
import { createLinks } from '@octet/links/testing'
import { createLog } from '@octet/observe'
import { getRequest } from '@octet/testkit'
import type { Experiment } from '../experiment.ts'
import { startGenerator } from '../load/generator.ts'
import { startBare, startOctet, withTempDir } from '../octet.ts'
import { compareSides, loadSide, sideOf } from '../rounds.ts'

const connections = 32
const linksRead = 32
const bareProgram = fileURLToPath(new URL('./bare-read-server.ts', import.meta.url))

/** @public loaded by main.ts */
export const experiment: Experiment = {
  name: 'read',
  shows: `GET /api/v1/links/:id per second with sign-in, limits, log, metrics and spans, as a share of a bare handler`,
  cores: 'split',
  goals: [{ of: 'throughputOfBare', atLeast: 0.7 }],
  run: ({ cores, pick }) =>
    withTempDir(async dir => {
      const postgres = await startEmbeddedPostgres({ dir: join(dir, 'postgres'), log: createLog({ level: 'error' }) })
      const stops = [() => postgres.stop()]
      try {
        const environment = { DATABASE_URL: postgres.url }
        const octet = await startOctet({ dataDir: join(dir, 'octet'), launcher: cores.server, environment })
        stops.push(() => octet.kill())
        const bare = await startBare({ program: bareProgram, launcher: cores.server, environment })
        stops.push(() => bare.kill())
        const generator = startGenerator(cores.generator)
        stops.push(() => generator.close())

        const token = await signUp(octet.origin)
        const links = await createLinks(octet.origin, token, linksRead)
        const requests = links.map(({ id, url }) => ({
          request: getRequest(`/api/v1/links/${id}`, token),
          status: 200,
          contains: `"url":"${url}"`,
        }))
        const sides = { bare: sideOf(bare, requests), octet: sideOf(octet, requests) }
        for (const side of Object.values(sides))
          await loadSide(generator, side, { connections, durationMs: pick({ short: 200, normal: 1_500, long: 1_500 }) })
        const rounds = {
          connections,
          durationMs: pick({ short: 200, normal: 1_000, long: 3_000 }),
          rounds: pick({ short: 1, normal: 6, long: 9 }),
        }
        const { metrics, ratios } = await compareSides(generator, sides, rounds)
        return {
          baseline: 'bare Fastify handler: same PostgreSQL, driver, statement, pool size and JSON, same run and core',
          metrics,
          ratios: { ...ratios },
        }
      } finally {
        for (const stop of stops.reverse()) await stop()
      }
    }),
}

/** A redirect with its click on disk, against a server that only redirects. */
import { fileURLToPath } from 'node:url'
import type { Link } from '@octet/contracts/links'
import { signUp } from '@octet/identity/testing'
import { countedClicks, createLinks } from '@octet/links/testing'
import { getRequest, type ServerProcess } from '@octet/testkit'
import type { Experiment, Measured, RunOptions } from '../experiment.ts'
import { type Generator, startGenerator } from '../load/generator.ts'
import type { WantedAnswer } from '../load/plan.ts'
import { startBare, startOctet, withTempDir } from '../octet.ts'
import { compareSides, loadSide, sideOf } from '../rounds.ts'

const connections = 64
const hotLinks = 16
const openPerSecond = 1_000
const bareProgram = fileURLToPath(new URL('./bare-redirect-server.ts', import.meta.url))

/** @public loaded by main.ts */
export const experiment: Experiment = {
  name: 'links-redirect',
  shows: `redirects per second, each click on disk before its answer, as a share of bare node:http (${connections} connections)`,
  cores: 'split',
  goals: [
    { of: 'throughputOfBare', atLeast: 0.7 },
    { of: 'openLoopP99Ms', atMost: 5 },
    { of: 'clicksMiscounted', atMost: 0 },
  ],
  run: options =>
    withTempDir(async dir => {
      const { cores } = options
      await using octet = await startOctet({ dataDir: dir, launcher: cores.server })
      await using bare = await startBare({ program: bareProgram, launcher: cores.server })
      await using generator = startGenerator(cores.generator)
      return await measure({ octet, bare, generator, options })
    }),
}

interface Parts {
  readonly octet: ServerProcess
  readonly bare: ServerProcess
  readonly generator: Generator
  readonly options: RunOptions
}

async function measure({ octet, bare, generator, options }: Parts): Promise<Measured> {
  const token = await signUp(octet.origin)
  const links = await createLinks(octet.origin, token, hotLinks)
  const sides = { bare: sideOf(bare, [bareAnswer]), octet: sideOf(octet, links.map(answerOf)) }
  const durationMs = options.pick({ short: 200, normal: 1_000, long: 3_000 })
  await loadSide(generator, sides.bare, { connections, durationMs })
  await loadSide(generator, sides.octet, { connections, durationMs: durationMs * 2 })
  const { metrics, ratios } = await compareSides(generator, sides, {
    connections,
    durationMs,
    rounds: options.pick({ short: 1, normal: 5, long: 9 }),
  })
  const open = await loadSide(generator, sides.octet, { connections, openPerSecond, durationMs: durationMs * 3 })
  const openBare = await loadSide(generator, sides.bare, { connections, openPerSecond, durationMs })
  const counted = await countedClicks(octet.origin, token, links)
  return {
    baseline: 'bare node:http server that answers 302: same run, same core, same load generator',
    metrics: {
      ...metrics,
      openLoopPerSecond: open.perSecond,
      openLoopP50Ms: open.latency.p50Ms,
      openLoopP99Ms: open.latency.p99Ms,
      openLoopBareP99Ms: openBare.latency.p99Ms,
      openLoopGeneratorLagP99Ms: open.lagP99Ms,
      clicksAnswered: sides.octet.answered.reduce((sum, count) => sum + count),
      clicksMiscounted: counted.reduce((sum, count, index) => sum + Math.abs(count - sides.octet.answered[index]!), 0),
    },
    ratios: { ...ratios },
  }
}

const bareAnswer: WantedAnswer = {
  request: getRequest('/s/abcdefg'),
  status: 302,
  contains: 'location: https://example.org/\r\n',
}

function answerOf({ code, url }: Link): WantedAnswer {
  return { request: getRequest(`/s/${code}`), status: 302, contains: `location: ${url}\r\n` }
}

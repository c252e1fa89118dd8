/** Two servers under the same load in turns: other work on the machine disturbs both alike. */
import type { ServerProcess } from '@octet/testkit'
import type { Generator } from './load/generator.ts'
import { median } from './load/latency.ts'
import type { LoadPlan, LoadResult, WantedAnswer } from './load/plan.ts'
import { cpuMsOf } from './process-cpu.ts'

export interface Side {
  readonly server: ServerProcess
  readonly requests: readonly WantedAnswer[]
  /** Answers so far, by request. */
  readonly answered: number[]
}

/** Load on one server, and its cost for that server. */
export interface Round extends LoadResult {
  /** All threads of the process, without those of a database. */
  readonly cpuUsPerRequest: number
}

export interface Load {
  readonly connections: number
  readonly durationMs: number
  /** Requests per second, however slow the answers are; absent: the next after the last answer. */
  readonly openPerSecond?: number
}

export function sideOf(server: ServerProcess, requests: readonly WantedAnswer[]): Side {
  return { server, requests, answered: requests.map(() => 0) }
}

export async function loadSide(generator: Generator, side: Side, load: Load): Promise<Round> {
  const { server, requests } = side
  const common = { port: server.port, requests, connections: load.connections, durationMs: load.durationMs }
  const plan: LoadPlan =
    load.openPerSecond === undefined
      ? { ...common, loop: 'closed' }
      : { ...common, loop: 'open', perSecond: load.openPerSecond }
  const cpuBeforeMs = await cpuMsOf(server.pid)
  const result = await generator.run(plan)
  const total = result.answered.reduce((sum, count) => sum + count)
  for (const [index, count] of result.answered.entries()) side.answered[index]! += count
  return { ...result, cpuUsPerRequest: (((await cpuMsOf(server.pid)) - cpuBeforeMs) * 1000) / total }
}

export interface Comparison {
  readonly metrics: Readonly<Record<string, number>>
  readonly ratios: { readonly throughputOfBare: number; readonly cpuOfBare: number }
}

/** Medians over rounds of bare and Octet in turns; ratios are medians of the ratios of neighbours. */
export async function compareSides(
  generator: Generator,
  sides: { bare: Side; octet: Side },
  { rounds, ...load }: Load & { rounds: number },
): Promise<Comparison> {
  const pairs: { bare: Round; octet: Round }[] = []
  for (let round = 0; round < rounds; round++) {
    const bare = await loadSide(generator, sides.bare, load)
    pairs.push({ bare, octet: await loadSide(generator, sides.octet, load) })
  }
  const of = (read: (pair: { bare: Round; octet: Round }) => number) => median(pairs.map(read))
  return {
    metrics: {
      octetPerSecond: of(pair => pair.octet.perSecond),
      barePerSecond: of(pair => pair.bare.perSecond),
      octetP50Ms: of(pair => pair.octet.latency.p50Ms),
      octetP99Ms: of(pair => pair.octet.latency.p99Ms),
      bareP50Ms: of(pair => pair.bare.latency.p50Ms),
      bareP99Ms: of(pair => pair.bare.latency.p99Ms),
      octetCpuUsPerRequest: of(pair => pair.octet.cpuUsPerRequest),
      bareCpuUsPerRequest: of(pair => pair.bare.cpuUsPerRequest),
      generatorBusyWithBare: of(pair => pair.bare.generatorBusy),
    },
    ratios: {
      throughputOfBare: of(pair => pair.octet.perSecond / pair.bare.perSecond),
      cpuOfBare: of(pair => pair.octet.cpuUsPerRequest / pair.bare.cpuUsPerRequest),
    },
  }
}

/** One run: workloads × a plan of faults × oracles. */
import { join } from 'node:path'
import { readLogFiles } from './cluster/log-files.ts'
import type { ClusterEvent } from './cluster/protocol.ts'
import type { ClusterClient } from './cluster/start-cluster.ts'
import { openClient } from './history/client.ts'
import { type Call, callsOf, type History, openHistory } from './history/history.ts'
import { judge } from './oracles/all.ts'
import type { OracleName } from './oracles/oracle.ts'
import type { Plan } from './plan.ts'
import { seededRandom } from './random.ts'
import { countSometimes, type Sometimes } from './sometimes.ts'
import { readState, type State, since } from './state.ts'
import { systems as allSystems } from './systems/all.ts'
import type { ChaosSystem } from './systems/system.ts'
import { type Actor, keepActing, type Workload, type World } from './systems/workload.ts'

export interface RunOptions {
  readonly cluster: ClusterClient
  /** All by default; those without a workload have a run of their own. */
  readonly systems?: readonly ChaosSystem[]
  readonly plan: Plan
  /** A folder for the history file; without it the history stays in memory. */
  readonly historyDir?: string
  readonly told?: (event: ClusterEvent) => void
  /** The time after healing within which queues must be empty. */
  readonly drainWithinMs?: number
}

export interface Outcome {
  readonly findings: Partial<Record<OracleName, string[]>>
  readonly sometimes: Sometimes
  readonly faults: readonly ClusterEvent[]
  readonly acked: number
  readonly refused: number
  readonly open: number
  readonly readyMs: number
  readonly drainedMs: number
}

const drainWithinMsDefault = 20_000
let runs = 0

/** Prepares, loads and harms, heals, waits until all queues are empty, repeats open requests, and judges. */
export async function runChaos(options: RunOptions): Promise<Outcome> {
  const { cluster, systems = allSystems, plan, historyDir, told } = options
  const run = `${String(Date.now() % 1e9).padStart(9, '0')}${String(runs++).padStart(3, '0')}`
  const history = openHistory(historyDir === undefined ? undefined : join(historyDir, `history-${run}.jsonl`))
  const progress = { isOver: false }
  const events: ClusterEvent[] = []
  try {
    const found = await readState(cluster.databaseUrl, systems)
    const hitsBefore = await cluster.hits()
    const cast = castOf({ systems, plan, run, origins: cluster.origins, history, progress })
    const actors = await Promise.all(cast.map(({ workload, world }) => workload.prepare(world)))
    const acting = Promise.all(
      cast.map(({ world, workload }, index) => keepActing(world, actors[index] as Actor, workload.actsMin)),
    )
    const harming = cluster.run(plan, event => {
      events.push(event)
      told?.(event)
    })
    await Promise.race([harming, acting])
    progress.isOver = true
    await acting
    const readyMs = await cluster.heal()
    const { state: stateBefore, drainedMs } = await drained(options, found)
    const hitsNow = Object.entries(await cluster.hits())
    const hits = Object.fromEntries(hitsNow.map(([kind, count]) => [kind, count - (hitsBefore[kind] ?? 0)]))
    const sometimes = countSometimes(systems, { calls: callsOf(history.entries), before: stateBefore, hits })
    for (const { settle } of actors) await settle?.()
    const { state } = await drained(options, found)
    const calls = callsOf(history.entries)
    const logs = (await Promise.all(cluster.logs.map(readLogFiles))).join('\n')
    const faults = events.map(({ fromMs, toMs }) => ({ fromMs, toMs }))
    const canaries = systems.flatMap(system => system.secretsIn?.(calls) ?? [])
    const drainWithinMs = options.drainWithinMs ?? drainWithinMsDefault
    const evidence = { calls, stateBefore, state, faults, readyMs, drainedMs, drainWithinMs, logs, canaries }
    const answered = (kind: Call['kind']) => calls.filter(call => call.kind === kind).length
    return {
      findings: judge(evidence, systems),
      sometimes,
      faults: events,
      acked: answered('ok'),
      refused: answered('fail'),
      open: answered('info'),
      readyMs,
      drainedMs,
    }
  } finally {
    progress.isOver = true
    history.close()
  }
}

interface CastOptions {
  readonly systems: readonly ChaosSystem[]
  readonly plan: Plan
  readonly run: string
  readonly origins: readonly string[]
  readonly history: History
  readonly progress: { readonly isOver: boolean }
}

/** Every client of every workload, with its own world. */
function castOf(options: CastOptions): { readonly workload: Workload; readonly world: World }[] {
  const { systems, plan, run, origins, history, progress } = options
  const random = seededRandom(plan.seed)
  return systems.flatMap(({ name: system, workload }) => {
    if (workload === undefined) return []
    return Array.from({ length: workload.clients }, (_, index) => {
      const name = `${system}${index}`
      const client = openClient(history, origins, name)
      const isOver = () => progress.isOver
      return { workload, world: { client, random: random.fork(name), run, servers: plan.servers, isOver } }
    })
  })
}

/** Waits until no event waits and every system's background work is done. Returns how long that took. */
async function drained(options: RunOptions, found: State): Promise<{ state: State; drainedMs: number }> {
  const { cluster, systems = allSystems, drainWithinMs = drainWithinMsDefault } = options
  const startedMs = performance.now()
  let before = ''
  for (;;) {
    const state = since(found, await readState(cluster.databaseUrl, systems), systems)
    const drainedMs = performance.now() - startedMs
    const unsettled = JSON.stringify(systems.map(({ name, unsettled: of }) => of?.(state.systems[name] ?? {})))
    const isQuiet = state.outboxWaiting === 0 && state.idleInTransaction === 0 && unsettled === before
    if (isQuiet || drainedMs > drainWithinMs) return { state, drainedMs }
    before = unsettled
    // Background work runs four times a second: two equal readings this far apart mean that it is done.
    await new Promise(resolve => setTimeout(resolve, 700))
  }
}

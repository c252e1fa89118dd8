/** One run: workloads × a plan of faults × oracles. */
import { join } from 'node:path'
import { readLogFiles } from './cluster/log-files.ts'
import type { ClusterEvent } from './cluster/protocol.ts'
import type { ClusterClient } from './cluster/start-cluster.ts'
import { openClient } from './history/client.ts'
import { callsOf, openHistory } from './history/history.ts'
import { judge, type OracleName } from './oracles/all.ts'
import type { Plan } from './plan.ts'
import { seededRandom } from './random.ts'
import { countSometimes, type Sometimes } from './sometimes.ts'
import { readState, type State, since } from './state.ts'
import { canary } from './workloads/identity.ts'
import { keepActing, type Person, type Workload, type World } from './workloads/workload.ts'

export interface RunOptions {
  readonly cluster: ClusterClient
  readonly workloads: readonly Workload[]
  readonly plan: Plan
  /** Where the history is kept as well. */
  readonly historyDir?: string
  readonly told?: (event: ClusterEvent) => void
  /** How soon after the healing queues must be empty. */
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

/** Prepares, loads and harms, heals, waits until all is quiet, asks again what is open, and judges. */
export async function runChaos(options: RunOptions): Promise<Outcome> {
  const { cluster, workloads, plan, historyDir, told, drainWithinMs = drainWithinMsDefault } = options
  const run = `${String(Date.now() % 1e9).padStart(9, '0')}${String(runs++).padStart(3, '0')}`
  const history = openHistory(historyDir === undefined ? undefined : join(historyDir, `history-${run}.jsonl`))
  const random = seededRandom(plan.seed)
  let isOver = false
  const events: ClusterEvent[] = []
  try {
    const found = await readState(cluster.databaseUrl)
    const hitsBefore = await cluster.hits()
    const worlds = workloads.flatMap(workload =>
      Array.from({ length: workload.clients }, (_, index) => {
        const name = `${workload.name}${index}`
        const client = openClient(history, cluster.origins, name)
        const world: World = { client, random: random.fork(name), run, servers: plan.servers, isOver: () => isOver }
        return { workload, world }
      }),
    )
    const people = await Promise.all(worlds.map(({ workload, world }) => workload.prepare(world)))
    const acting = Promise.all(
      worlds.map(({ world, workload }, index) => keepActing(world, people[index] as Person, workload.actsMin)),
    )
    const harming = cluster.run(plan, event => {
      events.push(event)
      told?.(event)
    })
    await Promise.race([harming, acting])
    isOver = true
    await acting
    const readyMs = await cluster.heal()
    const { state: stateBefore, drainedMs } = await drained(options, found)
    const hits = Object.entries(await cluster.hits()).map(([kind, count]) => [kind, count - (hitsBefore[kind] ?? 0)])
    const sometimes = countSometimes(callsOf(history.entries), stateBefore, Object.fromEntries(hits))
    for (const { settle } of people) await settle?.()
    const { state } = await drained(options, found)
    const calls = callsOf(history.entries)
    const logs = (await Promise.all(cluster.logs.map(readLogFiles))).join('\n')
    const faults = events.map(({ fromMs, toMs }) => ({ fromMs, toMs }))
    const evidence = {
      calls,
      stateBefore,
      state,
      faults,
      readyMs,
      drainedMs,
      drainWithinMs,
      logs,
      canaries: [canary, ...tokensIn(calls)],
    }
    return {
      findings: judge(evidence),
      sometimes,
      faults: events,
      acked: calls.filter(({ kind }) => kind === 'ok').length,
      refused: calls.filter(({ kind }) => kind === 'fail').length,
      open: calls.filter(({ kind }) => kind === 'info').length,
      readyMs,
      drainedMs,
    }
  } finally {
    isOver = true
    history.close()
  }
}

/** Waits until no event is under way and all clicks are counted; says how long that took. */
async function drained(
  { cluster, drainWithinMs = drainWithinMsDefault }: RunOptions,
  found: State,
): Promise<{ state: State; drainedMs: number }> {
  const startedMs = performance.now()
  let before = ''
  for (;;) {
    const state = since(found, await readState(cluster.databaseUrl))
    const drainedMs = performance.now() - startedMs
    const clicks = JSON.stringify(state.links.map(({ clicks }) => clicks))
    const isQuiet = state.outboxWaiting === 0 && state.idleInTransaction === 0 && clicks === before
    if (isQuiet || drainedMs > drainWithinMs) return { state, drainedMs }
    before = clicks
    // Clicks are shipped four times a second: two equal readings this far apart mean that all are.
    await new Promise(resolve => setTimeout(resolve, 700))
  }
}

function tokensIn(calls: ReturnType<typeof callsOf>): string[] {
  return calls.flatMap(({ body, op }) => {
    if (!op.startsWith('identity.')) return []
    const { accessToken, refreshToken } = (body ?? {}) as { accessToken?: string; refreshToken?: string }
    return [accessToken, refreshToken].filter(token => token !== undefined)
  })
}

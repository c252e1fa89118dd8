/** `npm run chaos -- [--seed N] [--plan FILE] [--minutes N] [--servers N] [--mutant NAME] [--system NAME] [--json]` */
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { ClusterEvent } from './cluster/protocol.ts'
import { startCluster } from './cluster/start-cluster.ts'
import { makePlan, type Plan } from './plan.ts'
import { seededRandom } from './random.ts'
import { type Outcome, runChaos } from './run.ts'
import { mustHaveSeen } from './sometimes.ts'
import { systems as allSystems } from './systems/all.ts'
import type { ChaosSystem } from './systems/system.ts'

/** Faults before everything is healed and judged: short rounds report a violation close to its cause. */
const faultsPerRound = 20
const servers = 2

interface Total {
  rounds: number
  faults: number
  acked: number
  open: number
  sometimes: Record<string, number>
}

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    plan: { type: 'string' },
    minutes: { type: 'string', default: '2' },
    servers: { type: 'string', default: String(servers) },
    mutant: { type: 'string', multiple: true, default: [] },
    system: { type: 'string', multiple: true, default: [] },
    json: { type: 'boolean', default: false },
  },
})
process.exitCode = await main().catch(error => {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`)
  return 2
})

async function main(): Promise<number> {
  const say = (line: string) => void process.stderr.write(`${line}\n`)
  const historyDir = await mkdtemp(join(tmpdir(), 'octet-chaos-run-'))
  const given = values.plan === undefined ? undefined : (JSON.parse(await readFile(values.plan, 'utf8')) as Plan)
  const seed = given?.seed ?? Number(values.seed)
  const count = given?.servers ?? Number(values.servers)
  const systems = systemsNamed(values.system)
  const cluster = await startCluster({
    servers: count,
    mutants: values.mutant,
    postgresSettings: { wal_writer_delay: '10s' },
  })
  const stop = () => void cluster.stop().finally(() => process.exit(130))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop)
  const untilMs = performance.now() + Number(values.minutes) * 60_000
  const total: Total = { rounds: 0, faults: 0, acked: 0, open: 0, sometimes: {} }
  try {
    do {
      const ownSeed = seed + total.rounds
      const plan = given ?? makePlan(seededRandom(ownSeed), { seed: ownSeed, servers: count, count: faultsPerRound })
      const told = (event: ClusterEvent) => say(line(event))
      const outcome = await runChaos({ cluster, systems, plan, historyDir, told })
      add(total, outcome)
      if (Object.keys(outcome.findings).length > 0) return await report(outcome, plan, historyDir, total)
      say(`round ${total.rounds}: ${total.faults} faults, ${total.acked} acknowledged, ${total.open} open, 0 findings`)
    } while (given === undefined && performance.now() < untilMs)
  } finally {
    await cluster.stop()
  }
  const missing = mustHaveSeen(total.sometimes)
  const hasMetEnough = missing.length === 0 || given !== undefined
  if (!hasMetEnough) say(`never met: ${missing.join(', ')}; this run proves too little`)
  print(seed, total)
  return hasMetEnough ? 0 : 1
}

/** The systems of these names, or all. */
function systemsNamed(names: readonly string[]): readonly ChaosSystem[] {
  const unknown = names.find(name => !allSystems.some(system => system.name === name))
  if (unknown !== undefined) throw new Error(`there is no system "${unknown}"`)
  return names.length === 0 ? allSystems : allSystems.filter(({ name }) => names.includes(name))
}

function line({ fault, injected, healMs }: ClusterEvent): string {
  const where = 'server' in fault ? ` ${fault.server}` : ''
  const what = injected === 'injected' ? `healed after ${Math.round(healMs)} ms` : 'NOT RUN here'
  return `  ${fault.kind}${where}: ${what}`
}

function add(total: Total, { faults, acked, open, sometimes }: Outcome): void {
  total.rounds++
  total.faults += faults.filter(({ injected }) => injected === 'injected').length
  total.acked += acked
  total.open += open
  for (const [name, count] of Object.entries(sometimes)) total.sometimes[name] = (total.sometimes[name] ?? 0) + count
}

async function report(outcome: Outcome, plan: Plan, historyDir: string, total: Total): Promise<number> {
  const file = join(historyDir, 'plan.json')
  await writeFile(file, JSON.stringify(plan, undefined, 2))
  process.stdout.write(`${JSON.stringify(outcome.findings, undefined, 2)}\n`)
  process.stdout.write(`history: ${historyDir}\nagain: npm run chaos -- --plan ${file}\n`)
  print(plan.seed, total)
  return 1
}

/**
 * Rule of three: after n faults without a finding, the probability of a finding per fault is below 3/n with 95 %
 * confidence.
 */
function print(seed: number, total: Total): void {
  const numbers = { seed, ...total, lossPerFaultBelow: 3 / total.faults }
  process.stdout.write(values.json ? `${JSON.stringify(numbers)}\n` : `${JSON.stringify(numbers, undefined, 2)}\n`)
}

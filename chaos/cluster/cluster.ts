/** PostgreSQL and several Octets on one database, each behind its own fault proxy. Runs in cluster-process.ts. */
import { spawnSync } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort, type ServerProcess, startServerProcess } from '@octet/testkit'
import { patchesOf, probe } from '../mutants/all.ts'
import { mutantOf, type Patch, patchedLine } from '../mutants/patch.ts'
import type { Fault } from '../plan.ts'
import { isCommit, type PostgresFault, pass, postgresFault } from '../wire/postgres-fault.ts'
import { readLogFiles } from './log-files.ts'
import { type PostgresProcess, startPostgres } from './postgres-process.ts'
import type { ClusterFacts, ClusterOptions, Injected } from './protocol.ts'
import { signalAll } from './signals.ts'

export interface Cluster {
  readonly facts: ClusterFacts
  inject(fault: Fault): Promise<Injected>
  /** Removes every fault: proxies pass everything, and every process runs and serves. Returns how long that took. */
  heal(): Promise<number>
  /** Stops all servers and starts them with these mutants, or with none. */
  become(broken: readonly string[]): Promise<void>
  /** Faults that took effect, by kind. */
  hits(): Readonly<Record<string, number>>
  stop(): Promise<void>
}

const serverProgram = fileURLToPath(new URL('../../apps/server/src/main.ts', import.meta.url))
const slowDiskMs = 20
/** For a busy machine. O12 judges how soon a server is back. */
const startTimeoutMs = 90_000
/** How much of the log is shown of a server that does not start. */
const logCharsMax = 4_000
/** The probability that a COMMIT is cut while that fault is active. */
const cutProbability = 0.4

interface Node {
  readonly port: number
  readonly dataDir: string
  readonly wire: PostgresFault
  process: ServerProcess | undefined
}

/** Starts everything in `options.dir`, on the data of an earlier run if there is any. */
export async function openCluster(options: ClusterOptions): Promise<Cluster> {
  const postgres = await startPostgres(join(options.dir, 'postgres'), options.postgresSettings ?? {})
  const nodes: Node[] = []
  try {
    for (let index = 0; index < options.servers; index++) {
      const dataDir = join(options.dir, `server-${index}`)
      await mkdir(dataDir, { recursive: true })
      const wire = await postgresFault({ targetPort: postgres.port })
      nodes.push({ port: await freePort(), dataDir, wire, process: undefined })
    }
    return await open(options, postgres, nodes)
  } catch (error) {
    await stopAll(postgres, nodes)
    throw error
  }
}

async function open(options: ClusterOptions, postgres: PostgresProcess, nodes: readonly Node[]): Promise<Cluster> {
  let broken = options.mutants ?? []
  const startMissing = async () => {
    const patches = [probe, ...patchesOf(broken)]
    const start = async (node: Node) => {
      node.process ??= await startNode(options, postgres, { node, patches })
    }
    // The first server migrates; the others only wait for it.
    const [first, ...rest] = nodes
    if (first !== undefined) await start(first)
    await Promise.all(rest.map(start))
  }
  await startMissing()
  return {
    facts: {
      databaseUrl: postgres.url(),
      origins: nodes.map(({ port }) => `http://127.0.0.1:${port}`),
      logs: nodes.map(({ dataDir }) => join(dataDir, 'octet.log')),
    },
    inject: fault => inject(postgres, nodes, fault),
    async heal() {
      const startedMs = performance.now()
      for (const { wire, process } of nodes) {
        wire.decide(() => pass)
        wire.set({})
        if (process !== undefined) signalAll([process.pid], 'SIGCONT')
      }
      await postgres.signal('SIGCONT')
      await postgres.revive()
      await startMissing()
      await Promise.all(nodes.map(untilReady))
      return performance.now() - startedMs
    },
    async become(next) {
      broken = next
      await Promise.all(nodes.map(killNode))
      await startMissing()
    },
    hits() {
      const sum: Record<string, number> = {}
      for (const { wire } of nodes) for (const [kind, count] of wire.hits) sum[kind] = (sum[kind] ?? 0) + count
      return sum
    },
    stop: () => stopAll(postgres, nodes),
  }
}

interface NodeStart {
  readonly node: Node
  readonly patches: readonly Patch[]
}

async function startNode(
  { environment, dir }: ClusterOptions,
  postgres: PostgresProcess,
  { node, patches }: NodeStart,
): Promise<ServerProcess> {
  const url = new URL(postgres.url())
  url.port = String(node.wire.port)
  const mutant = mutantOf(patches)
  const server = await startServerProcess({
    program: serverProgram,
    ...mutant,
    launcher: withParent(),
    port: node.port,
    readyTimeoutMs: startTimeoutMs,
    environment: {
      OCTET_DATA: node.dataDir,
      OCTET_WEB: '0',
      OCTET_DEMO: '0',
      // Servers start many times here; compiling the program costs 0.2 s of a core each time, its sources 0.6 s.
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(dir, 'compiled'),
      OCTET_LIMITS_SCALE: '100000',
      // Clients claim their own address: some limits are not scaled, and all real addresses are the same.
      OCTET_TRUSTED_PROXIES: '1',
      DATABASE_URL: url.href,
      ...mutant.environment,
      ...environment,
    },
  })
  const missing = patches.find(patch => !server.output().includes(patchedLine(patch)))
  if (missing === undefined) return server
  await server.kill()
  throw new Error(`${missing.file} was never loaded, so the server is not the one that was asked for`)
}

/** On Linux, servers end with this process, however it ends. */
function withParent(): string[] {
  const command = ['setpriv', '--pdeathsig', 'KILL', '--']
  const [file = '', ...args] = [...command, 'true']
  return spawnSync(file, args, { stdio: 'ignore' }).status === 0 ? command : []
}

async function inject(postgres: PostgresProcess, nodes: readonly Node[], fault: Fault): Promise<Injected> {
  const node = 'server' in fault ? nodes[fault.server] : undefined
  switch (fault.kind) {
    case 'kill-server':
      await killNode(node)
      break
    case 'kill-postgres':
      await postgres.kill()
      break
    case 'kill-backend':
      return (await postgres.killBackend()) ? 'injected' : 'not possible'
    case 'pause-server':
      if (node?.process !== undefined) signalAll([node.process.pid], 'SIGSTOP')
      break
    case 'pause-postgres':
      await postgres.signal('SIGSTOP')
      break
    case 'slow-disk':
      return (await postgres.slowDisk(slowDiskMs)) ? 'injected' : 'not possible'
    default:
      if (node !== undefined) harmWire(node.wire, fault.kind)
  }
  return 'injected'
}

type WireKind = Extract<Fault, { server: number }>['kind']

function harmWire(wire: PostgresFault, kind: Exclude<WireKind, 'kill-server' | 'pause-server'>): void {
  const isCut = () => Math.random() < cutProbability
  switch (kind) {
    case 'black-hole':
      wire.set({ isBlackHole: true })
      break
    case 'slow-wire':
      wire.set({ latencyMs: 20, jitterMs: 20, bytesPerSecond: 200_000 })
      break
    case 'reset-wires':
      wire.cut('reset')
      break
    case 'cut-before-commit':
    case 'cut-after-commit': {
      const fate = { kind: kind === 'cut-before-commit' ? 'cut-before' : 'cut-after' } as const
      wire.decide(exchange => (isCommit(exchange) && isCut() ? fate : pass))
      break
    }
    case 'cut-outbox':
      wire.decide(({ statement }) => (/^delete from outbox/.test(statement) ? { kind: 'cut-before' } : pass))
      break
  }
}

async function killNode(node: Node | undefined): Promise<void> {
  const server = node?.process
  if (node === undefined || server === undefined) return
  node.process = undefined
  await server.kill()
}

async function untilReady({ port, process, dataDir }: Node): Promise<void> {
  const deadlineMs = performance.now() + startTimeoutMs
  let hasEnded: string | number | undefined
  process?.ended.then(code => {
    hasEnded = code
  })
  for (;;) {
    const url = `http://127.0.0.1:${port}/health/ready`
    const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(String)
    if (typeof answer !== 'string' && answer.status === 200) return void (await answer.body?.cancel())
    const said = typeof answer === 'string' ? answer : await answer.text().catch(String)
    if (hasEnded !== undefined || performance.now() > deadlineMs) {
      const end = hasEnded === undefined ? 'is not ready' : `ended by itself (${hasEnded})`
      const log = await readLogFiles(join(dataDir, 'octet.log'))
      throw new Error(`the server on port ${port} ${end}: ${said}\n${process?.output()}\n${log.slice(-logCharsMax)}`)
    }
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

async function stopAll(postgres: PostgresProcess, nodes: readonly Node[]): Promise<void> {
  await Promise.all(nodes.map(killNode))
  await Promise.all(nodes.map(({ wire }) => wire.close()))
  await postgres.stop()
}

/** The driver's side of the cluster process. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Fault, Plan } from '../plan.ts'
import type { ClusterEvent, ClusterFacts, ClusterOptions, Injected, Order, Reply } from './protocol.ts'

export interface ClusterClient extends ClusterFacts {
  readonly pid: number
  /** Carries out a plan and reports each fault when it is healed. */
  run(plan: Plan, told: (event: ClusterEvent) => void): Promise<void>
  inject(fault: Fault): Promise<Injected>
  heal(): Promise<number>
  become(mutants: readonly string[]): Promise<void>
  hits(): Promise<Readonly<Record<string, number>>>
  stop(): Promise<void>
}

const program = fileURLToPath(new URL('./cluster-process.ts', import.meta.url))

/**
 * Starts a cluster in a process of its own. Without `dir` it uses a temporary folder. Throws the reason when it fails.
 */
export async function startCluster(
  options: Omit<ClusterOptions, 'dir' | 'isTemporary'> & { readonly dir?: string },
): Promise<ClusterClient> {
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'octet-chaos-')))
  const child = fork(program, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: [] })
  let told: (event: ClusterEvent) => void = () => undefined
  const ask = correspondence(child, event => told(event))
  const stop = async () => {
    const exited = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined
    await ask({ do: 'stop' }).catch(() => undefined)
    if (child.connected) child.disconnect()
    await exited
  }
  try {
    const isTemporary = options.dir === undefined
    const facts = (await ask({ do: 'open', options: { ...options, dir, isTemporary } })) as ClusterFacts
    return {
      ...facts,
      pid: child.pid ?? 0,
      run(plan, listener) {
        told = listener
        return ask({ do: 'run', plan }) as Promise<void>
      },
      inject: fault => ask({ do: 'inject', fault }) as Promise<Injected>,
      heal: () => ask({ do: 'heal' }) as Promise<number>,
      become: mutants => ask({ do: 'become', mutants }) as Promise<void>,
      hits: () => ask({ do: 'hits' }) as Promise<Record<string, number>>,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Matches orders with replies by number. Every open order fails when the process ends. */
function correspondence(child: ChildProcess, told: (event: ClusterEvent) => void) {
  const open = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>()
  let last = 0
  child.on('message', (message: Reply | { event: ClusterEvent }) => {
    if ('event' in message) return told(message.event)
    const waiting = open.get(message.id)
    open.delete(message.id)
    if (message.error === undefined) waiting?.resolve(message.result)
    else waiting?.reject(new Error(`the cluster: ${message.error}`))
  })
  child.once('exit', (code, signal) => {
    for (const { reject } of open.values()) reject(new Error(`the cluster's process ended: ${signal ?? code}`))
    open.clear()
  })
  return (order: Order): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = ++last
      open.set(id, { resolve, reject })
      child.send({ id, order }, error => {
        if (error === null || !open.delete(id)) return
        reject(error)
      })
    })
}

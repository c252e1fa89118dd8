/**
 * The process that starts, harms and heals a cluster. It is one of its own because who kills must not be who loads: a
 * driver busy killing has no request under way, and never sees the window. It ends, and takes everything with it, when
 * its parent is gone.
 */
import { rm } from 'node:fs/promises'
import type { Plan } from '../plan.ts'
import { type Cluster, openCluster } from './cluster.ts'
import type { ClusterEvent, ClusterOptions, Order, Reply } from './protocol.ts'

let opening: Promise<Cluster> | undefined
let temporaryDir: string | undefined
let isStopping = false

const later = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

async function end(): Promise<void> {
  if (isStopping) return
  isStopping = true
  const cluster = await opening?.catch(() => undefined)
  await cluster?.stop()
  if (temporaryDir !== undefined) await rm(temporaryDir, { recursive: true, force: true, maxRetries: 5 })
}

function tell(message: Reply | { event: ClusterEvent }): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined)
}

async function runPlan(cluster: Cluster, { steps }: Plan): Promise<void> {
  for (const { afterMs, fault, forMs } of steps) {
    await later(afterMs)
    if (isStopping) return
    const event = { fault, fromMs: Date.now() }
    const injected = await cluster.inject(fault)
    await later(forMs)
    const healMs = await cluster.heal()
    tell({ event: { ...event, toMs: Date.now(), healMs, injected } })
  }
}

async function open(options: ClusterOptions): Promise<Cluster> {
  if (options.isTemporary) temporaryDir = options.dir
  opening = openCluster(options)
  return opening
}

async function obey(order: Order): Promise<unknown> {
  if (order.do === 'open') return (await open(order.options)).facts
  if (order.do === 'stop') return end()
  const cluster = await opening
  if (cluster === undefined) throw new Error('open the cluster first')
  switch (order.do) {
    case 'run':
      return runPlan(cluster, order.plan)
    case 'inject':
      return cluster.inject(order.fault)
    case 'heal':
      return cluster.heal()
    case 'become':
      return cluster.become(order.mutants)
    case 'hits':
      return cluster.hits()
  }
}

process.on('message', ({ id, order }: { id: number; order: Order }) => {
  obey(order).then(
    result => tell({ id, result }),
    error => tell({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  )
})
process.on('disconnect', () => void end().finally(() => process.exit(0)))
// From the terminal both parent and child get them; the parent decides, and ends us by going.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined)

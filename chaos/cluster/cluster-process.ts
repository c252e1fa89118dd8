/**
 * Starts, damages and heals a cluster in a process of its own. A driver that also kills would have no request in flight
 * at the moment of the kill and would miss the dangerous window. The process ends, with all its children, when its
 * parent is gone.
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

function send(message: Reply | { event: ClusterEvent }): void {
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
    send({ event: { ...event, toMs: Date.now(), healMs, injected } })
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
    result => send({ id, result }),
    error => send({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  )
})
process.on('disconnect', () => void end().finally(() => process.exit(0)))
// A terminal sends these signals to parent and child. The parent decides; this process ends when the parent
// disconnects.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined)

/** The cost of a call to another module, in the same process and over HTTP. */
import { generateKeyPairSync } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { clientOf, connectRemote, createTokenSigner, localTransport, type Transport } from '@octet/kernel'
import { freePort } from '@octet/testkit'
import { Pool } from 'undici'
import type { Experiment, Measured, RunOptions } from '../experiment.ts'
import { latencyRecorder, median } from '../load/latency.ts'
import { startBare } from '../octet.ts'
import { echoing, newRequest, openEchoHost, people } from './calls-module.ts'

const program = fileURLToPath(new URL('./calls-server.ts', import.meta.url))
const callsAtOnce = 32

type Call = () => Promise<unknown>
interface Way {
  readonly name: string
  readonly call: Call
  /** Calls of one round. */
  readonly calls: number
}

/** @public loaded by main.ts */
export const experiment: Experiment = {
  name: 'calls',
  shows:
    'time of one call with a 0.8 KB object there and back: local against a plain function, HTTP against bare undici and Fastify',
  cores: 'split',
  goals: [
    { of: 'localP50Us', atMost: 5 },
    { of: 'httpP50Us', atMost: 120 },
  ],
  async run(options) {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    const barePort = await freePort()
    const server = await startBare({
      program,
      launcher: options.cores.server,
      environment: {
        BARE_PORT: String(barePort),
        PUBLIC_KEY: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      },
    })
    const signToken = createTokenSigner({ kid: 'bench', privateKey: privateKey as never })
    const remote = connectRemote({ url: server.origin, signToken })
    const pool = new Pool(`http://127.0.0.1:${barePort}`, { connections: 64, pipelining: 1 })
    try {
      return await measure(options, await waysOf(remote.transport, pool))
    } finally {
      await Promise.all([remote.close(), pool.close()])
      await server.kill()
    }
  },
}

async function waysOf(overHttp: Transport, pool: Pool): Promise<Way[]> {
  const host = await openEchoHost()
  const inProcess = localTransport(operation => host.handlerOf(operation))
  const echo = async (input: unknown) => input
  // Each call is its own request: it gets its own client, as the kernel does for each request.
  const through = (transport: Transport): Call => {
    return () => clientOf(echoing, transport, newRequest()).echo(people)
  }
  const body = JSON.stringify(people)
  const headers = { 'content-type': 'application/json' }
  return [
    { name: 'direct', call: () => echo(people), calls: 20_000 },
    { name: 'local', call: through(inProcess), calls: 20_000 },
    {
      name: 'bareHttp',
      calls: 1_000,
      call: async () => (await pool.request({ method: 'POST', path: '/echo', headers, body })).body.json(),
    },
    { name: 'http', call: through(overHttp), calls: 1_000 },
  ]
}

async function measure({ pick }: RunOptions, ways: readonly Way[]): Promise<Measured> {
  const rounds = pick({ short: 1, normal: 5, long: 15 })
  const of = new Map(
    ways.map(({ name }) => [name, { p50: [] as number[], p99: [] as number[], perSecond: [] as number[] }]),
  )
  for (let round = -1; round < rounds; round++) {
    for (const { name, call, calls: callsNormal } of ways) {
      const count = pick({ short: callsNormal / 100, normal: callsNormal, long: callsNormal })
      const single = await oneByOne(call, count)
      const perSecond = await atOnce(call, count * 2)
      if (round < 0) continue
      const seen = of.get(name)
      seen?.p50.push(single.p50Us)
      seen?.p99.push(single.p99Us)
      seen?.perSecond.push(perSecond)
    }
  }
  const read = (name: string, what: 'p50' | 'p99' | 'perSecond') => median(of.get(name)?.[what] ?? [])
  const metrics: Record<string, number> = {}
  for (const { name } of ways) {
    metrics[`${name}P50Us`] = read(name, 'p50')
    metrics[`${name}P99Us`] = read(name, 'p99')
    metrics[`${name}PerSecondAt${callsAtOnce}`] = read(name, 'perSecond')
  }
  return {
    baseline: 'a plain async function; a bare undici Pool to a bare Fastify route in the same other process',
    metrics: { objectBytes: JSON.stringify(people).length, ...metrics },
    ratios: {
      localP50OfDirect: read('local', 'p50') / read('direct', 'p50'),
      httpP50OfBare: read('http', 'p50') / read('bareHttp', 'p50'),
      httpThroughputOfBare: read('http', 'perSecond') / read('bareHttp', 'perSecond'),
    },
  }
}

async function oneByOne(call: Call, count: number): Promise<{ p50Us: number; p99Us: number }> {
  const latency = latencyRecorder()
  for (let index = 0; index < count; index++) {
    const startedMs = performance.now()
    await call()
    latency.record(performance.now() - startedMs)
  }
  const { p50Ms, p99Ms } = latency.summary()
  return { p50Us: p50Ms * 1000, p99Us: p99Ms * 1000 }
}

/** Calls per second with {@link callsAtOnce} under way. */
async function atOnce(call: Call, count: number): Promise<number> {
  let left = count
  const startedMs = performance.now()
  const one = async () => {
    while (left-- > 0) await call()
  }
  await Promise.all(Array.from({ length: callsAtOnce }, one))
  return (count * 1000) / (performance.now() - startedMs)
}

/**
 * A client sends four messages, and the connection between Redis and one server is down during the last. Pub/sub
 * delivers a message only to current subscribers and reports no loss.
 */
import { join } from 'node:path'
import { chat } from '@octet/contracts/chat'
import { startEmbeddedPostgres } from '@octet/db'
import { signUp } from '@octet/identity/testing'
import { createLog } from '@octet/observe'
import { createRealtimeClient } from '@octet/realtime-client'
import { httpClient, startRedis } from '@octet/testkit'
import { Redis } from 'ioredis'
import { WebSocket } from 'ws'
import type { Experiment } from '../../bench/experiment.ts'
import { percentile } from '../../bench/load/latency.ts'
import { startOctet, withTempDir } from '../../bench/octet.ts'
import { type TcpFault, tcpFault } from '../../chaos/wire/tcp-fault.ts'

const saidEachRound = 4
/** After this time a message counts as lost: no later message follows, so nothing shows that it is missing. */
const patienceMs = 5_000

interface Listener {
  /** What has arrived so far. */
  readonly heard: Set<string>
}

async function until(fits: () => boolean, timeoutMs: number): Promise<boolean> {
  const deadlineMs = performance.now() + timeoutMs
  while (!fits() && performance.now() < deadlineMs) await new Promise(resolve => setTimeout(resolve, 10))
  return fits()
}

interface Round {
  readonly wire: TcpFault
  readonly say: (text: string) => Promise<unknown>
  readonly listener: Listener
}

/** Whether the last message arrived, and after how long. */
async function round({ wire, say, listener }: Round, name: string): Promise<number | undefined> {
  const texts = Array.from({ length: saidEachRound }, (_, index) => `${name} ${index}`)
  const last = texts.pop() ?? ''
  for (const text of texts) await say(text)
  await until(() => texts.every(text => listener.heard.has(text)), patienceMs)
  wire.set({ isBlackHole: true })
  const saidMs = performance.now()
  await say(last)
  setTimeout(() => {
    wire.set({})
    wire.cut('reset')
  }, 300)
  return (await until(() => listener.heard.has(last), patienceMs)) ? performance.now() - saidMs : undefined
}

/** @public loaded by main.ts */
export const experiment: Experiment = {
  name: 'lost-tail',
  shows: 'the last message of a conversation when one server loses Redis as it is sent: pub/sub alone, and Octet',
  cores: 'shared',
  goals: [{ of: 'lost', atMost: 0 }],
  run: ({ pick, say }) =>
    withTempDir(async dir => {
      const redis = await startRedis()
      if (redis === undefined) throw new Error('it needs a redis-server on this machine')
      const stops: (() => unknown)[] = [() => redis.kill()]
      try {
        const wire = await tcpFault({ targetPort: () => redis.port })
        stops.push(() => wire.close())
        const rounds = pick({ short: 1, normal: 8, long: 40 })
        say('pub/sub alone')
        const naive = await pubSubAlone({ port: redis.port, wire, rounds })
        const postgres = await startEmbeddedPostgres({ dir: join(dir, 'postgres'), log: createLog({ level: 'error' }) })
        stops.push(() => postgres.stop())
        const start = async (name: string, port: number) => {
          const environment = { DATABASE_URL: postgres.url, REDIS_URL: `redis://127.0.0.1:${port}` }
          const server = await startOctet({ dataDir: join(dir, name), environment })
          stops.push(() => server.kill())
          return server.origin
        }
        const speaks = await start('first', redis.port)
        const listens = await start('second', wire.port)
        say('two Octets')
        const octet = await overOctet({ speaks, listens, wire, rounds })
        const times = octet.filter(ms => ms !== undefined).sort((a, b) => a - b)
        return {
          baseline: 'publish and subscribe with ioredis as it comes, which reconnects and subscribes again by itself',
          metrics: {
            rounds,
            withPubSubAloneLost: naive.filter(ms => ms === undefined).length,
            lost: octet.filter(ms => ms === undefined).length,
            lastMessageP50Ms: percentile(times, 0.5),
            lastMessageWorstMs: percentile(times, 1),
          },
          ratios: {},
        }
      } finally {
        for (const stop of stops.reverse()) await stop()
      }
    }),
}

async function pubSubAlone({ port, wire, rounds }: { port: number; wire: TcpFault; rounds: number }) {
  const publisher = new Redis(port, '127.0.0.1')
  const subscriber = new Redis(wire.port, '127.0.0.1')
  subscriber.on('error', () => undefined)
  const listener: Listener = { heard: new Set() }
  subscriber.on('message', (_channel, text) => listener.heard.add(text))
  await subscriber.subscribe('room')
  const results: (number | undefined)[] = []
  try {
    for (let index = 0; index < rounds; index++) {
      results.push(await round({ wire, listener, say: text => publisher.publish('room', text) }, `${index}`))
      await subscriber.ping()
    }
  } finally {
    publisher.disconnect()
    subscriber.disconnect()
  }
  return results
}

interface Servers {
  readonly speaks: string
  readonly listens: string
  readonly wire: TcpFault
  readonly rounds: number
}

async function overOctet({ speaks, listens, wire, rounds }: Servers) {
  const token = await signUp(speaks)
  const mine = httpClient(speaks).client(chat, { token })
  const { id: roomId } = await mine.createRoom({ name: 'The tail' })
  const client = createRealtimeClient({
    url: `${listens.replace('http', 'ws')}/realtime`,
    token: () => token,
    openSocket: url => new WebSocket(url, { perMessageDeflate: false }),
  })
  const listener: Listener = { heard: new Set() }
  const following = client.stream(chat, 'room', roomId).follow({
    on: event => void (event.type === 'message' && listener.heard.add(event.body.body)),
  })
  client.connect()
  const results: (number | undefined)[] = []
  try {
    if (!(await until(() => following.isLive, 10_000))) throw new Error('no client is subscribed')
    for (let index = 0; index < rounds; index++) {
      const say = (body: string) => mine.sendMessage({ roomId, cmid: crypto.randomUUID(), body })
      results.push(await round({ wire, listener, say }, `${index}`))
    }
  } finally {
    client.close()
  }
  return results
}

/** One message to a thousand people online: how long until the last of them receives it? */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startEmbeddedPostgres } from '@octet/db'
import { createLog } from '@octet/observe'
import { startRedis } from '@octet/testkit'
import { WebSocket } from 'ws'
import type { Experiment, RunOptions } from '../experiment.ts'
import { startBare, startOctet, withTempDir } from '../octet.ts'
import { type Crowd, heardAll, sayEvery, startCrowd } from './crowd.ts'
import { liveUrl, openRooms, openSpeaker } from './rooms.ts'

const bareProgram = fileURLToPath(new URL('./bare-websocket-server.ts', import.meta.url))
const listeners = 1_000
const pauseMs = 250

type Say = (text: string, index: number) => unknown

/** Warms up, then sends `times` messages to a crowd of `listeners`. */
async function measure(crowd: Crowd, times: number, say: Say) {
  await sayEvery(100, 10, say)
  await heardAll(crowd, 10 * listeners)
  await crowd.forget()
  await sayEvery(pauseMs, times, say)
  const heard = await heardAll(crowd, times * listeners)
  return { ...heard, lost: times * listeners - heard.heard }
}

async function withCrowd<T>(use: (crowd: Crowd) => Promise<T>): Promise<T> {
  const crowd = startCrowd([])
  try {
    return await use(crowd)
  } finally {
    await crowd.close()
  }
}

async function measureBare(times: number) {
  const bare = await startBare({ program: bareProgram })
  try {
    const url = bare.origin.replace('http', 'ws')
    const speaker = new WebSocket(url, { perMessageDeflate: false })
    await new Promise<void>(resolve =>
      speaker.once('message', () => resolve()).once('open', () => speaker.send('join 0')),
    )
    return await withCrowd(async crowd => {
      await crowd.open({ url, frames: [['join 0']], count: listeners })
      return measure(crowd, times, text => speaker.send(text))
    })
  } finally {
    await bare.kill()
  }
}

/** Sends through the first server and listens at the second, which may be the same. */
async function measureOctet(origins: { readonly speaks: string; readonly listens: string }, times: number) {
  const rooms = await openRooms(origins.speaks, 1)
  const speaker = await openSpeaker(origins.speaks, rooms.tokens[0] ?? '')
  try {
    return await withCrowd(async crowd => {
      await crowd.open({ url: liveUrl(origins.listens), frames: rooms.frames(1).slice(0, 1), count: listeners })
      return measure(crowd, times, text => speaker.say(rooms.stream(0), text))
    })
  } finally {
    speaker.close()
  }
}

async function run({ pick, say }: RunOptions) {
  return withTempDir(async dir => {
    const times = pick({ short: 3, normal: 60, long: 240 })
    const postgres = await startEmbeddedPostgres({ dir: join(dir, 'postgres'), log: createLog({ level: 'error' }) })
    const redis = await startRedis()
    const stops: (() => unknown)[] = [() => postgres.stop(), () => redis?.kill()]
    try {
      const environment = {
        DATABASE_URL: postgres.url,
        ...(redis === undefined ? {} : { REDIS_URL: `redis://127.0.0.1:${redis.port}` }),
      }
      const first = await startOctet({ dataDir: join(dir, 'first'), environment })
      stops.push(() => first.kill())
      const second = await startOctet({ dataDir: join(dir, 'second'), environment })
      stops.push(() => second.kill())
      say('a broadcast by bare ws')
      const bare = await measureBare(times)
      say('one Octet')
      const one = await measureOctet({ speaks: first.origin, listens: first.origin }, times)
      say(
        redis === undefined
          ? 'across two Octets, without Redis, which is not installed'
          : 'across two Octets, with Redis',
      )
      const two = await measureOctet({ speaks: first.origin, listens: second.origin }, times)
      return {
        baseline: 'bare `ws`: one socket says it, a loop sends it to 1,000; nothing is checked, kept or numbered',
        metrics: {
          messages: times,
          bareP50Ms: bare.p50Ms,
          bareP99Ms: bare.p99Ms,
          p50Ms: one.p50Ms,
          p99Ms: one.p99Ms,
          acrossP50Ms: two.p50Ms,
          acrossP99Ms: two.p99Ms,
          lost: one.lost + two.lost,
        },
        ratios: { p99OfBare: one.p99Ms / bare.p99Ms, acrossP99OfBare: two.p99Ms / bare.p99Ms },
      }
    } finally {
      for (const stop of stops.reverse()) await stop()
    }
  })
}

/** @public loaded by main.ts */
export const experiment: Experiment = {
  name: 'realtime-fanout',
  shows: `from saying to hearing for a room with ${listeners} people online, in one process and across two, beside bare \`ws\``,
  cores: 'shared',
  goals: [
    { of: 'p99Ms', atMost: 100 },
    { of: 'p99OfBare', atMost: 2 },
    { of: 'acrossP99Ms', atMost: 100 },
    { of: 'lost', atMost: 0 },
  ],
  run,
}

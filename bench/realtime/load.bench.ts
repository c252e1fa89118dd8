/** Many people online in many rooms, and a steady stream of messages into all of them. */
import { join } from 'node:path'
import { startEmbeddedPostgres } from '@octet/db'
import { createLog } from '@octet/observe'
import type { Experiment } from '../experiment.ts'
import { startOctet, withTempDir } from '../octet.ts'
import { cpuMsOf } from '../process-cpu.ts'
import { heardAll, sayEvery, startCrowd } from './crowd.ts'
import { liveUrl, openRooms, openSpeaker } from './rooms.ts'

const roomSize = 50
const speakersMax = 10

/** @public loaded by main.ts */
export const experiment: Experiment = {
  name: 'realtime-load',
  shows: 'from saying to hearing at 40 (`--long`: 200) messages/s into rooms of 50, with 2,000 (10,000) people online',
  cores: 'shared',
  goals: [
    { of: 'p99Ms', atMost: 50 },
    { of: 'lost', atMost: 0 },
  ],
  run: ({ pick, say }) =>
    withTempDir(async dir => {
      const connections = pick({ short: 500, normal: 2_000, long: 10_000 })
      const perSecond = pick({ short: 20, normal: 40, long: 200 })
      const durationMs = pick({ short: 1_000, normal: 10_000, long: 30_000 })
      const roomCount = connections / roomSize
      const postgres = await startEmbeddedPostgres({ dir: join(dir, 'postgres'), log: createLog({ level: 'error' }) })
      const stops: (() => unknown)[] = [() => postgres.stop()]
      try {
        const octet = await startOctet({ dataDir: join(dir, 'octet'), environment: { DATABASE_URL: postgres.url } })
        stops.push(() => octet.kill())
        const rooms = await openRooms(octet.origin, roomCount)
        const crowd = startCrowd([])
        stops.push(() => crowd.close())
        say(`${connections} connections`)
        await crowd.open({ url: liveUrl(octet.origin), frames: rooms.frames(connections), count: connections })
        const tokens = Array.from(
          { length: speakersMax },
          (_, index) => rooms.tokens[index % rooms.tokens.length] ?? '',
        )
        const speakers = await Promise.all(tokens.map((token, index) => openSpeaker(octet.origin, token, `s${index}`)))
        stops.push(() => speakers.forEach(speaker => void speaker.close()))
        // Room i belongs to owner i % 5, and so does speaker i % 10: both are numbered alike.
        const speak = (text: string, index: number) => {
          const room = index % roomCount
          speakers[room % speakersMax]?.say(rooms.stream(room), text)
        }
        await sayEvery(1_000 / perSecond, perSecond * 2, speak)
        await heardAll(crowd, perSecond * 2 * roomSize)
        await crowd.forget()
        const cpuBeforeMs = await cpuMsOf(octet.pid)
        say(`${perSecond} messages a second`)
        const messages = (perSecond * durationMs) / 1_000
        await sayEvery(1_000 / perSecond, messages, speak)
        const cpuMs = (await cpuMsOf(octet.pid)) - cpuBeforeMs
        const { heard, p50Ms, p99Ms, maxMs } = await heardAll(crowd, messages * roomSize)
        return {
          baseline: 'none: its goal is a number',
          metrics: {
            connections,
            messagesPerSecond: perSecond,
            deliveriesPerSecond: perSecond * roomSize,
            p50Ms,
            p99Ms,
            maxMs,
            serverBusy: cpuMs / durationMs,
            lost: messages * roomSize - heard,
          },
          ratios: {},
        }
      } finally {
        for (const stop of stops.reverse()) await stop()
      }
    }),
}

/** The server's memory for a connection that only listens. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startEmbeddedPostgres } from '@octet/db'
import { createLog } from '@octet/observe'
import type { ServerProcess } from '@octet/testkit'
import type { Experiment } from '../experiment.ts'
import { startBare, startOctet, withTempDir } from '../octet.ts'
import { startCrowd } from './crowd.ts'
import { liveUrl, openRooms } from './rooms.ts'

const bareProgram = fileURLToPath(new URL('./bare-websocket-server.ts', import.meta.url))
const roomSize = 50
/** Opened before the first measurement, so that one-time growth is not counted. */
const warmUp = 500
const settleMs = 4_000

/** Resident memory of a process, in kilobytes; NaN where the system does not report it (only Linux does). */
async function rssKbOf({ pid }: ServerProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? Number.NaN)
}

interface Side {
  readonly server: ServerProcess
  readonly url: string
  readonly frames: readonly (readonly string[])[]
  readonly count: number
}

async function measure({ server, url, frames, count }: Side) {
  const crowd = startCrowd([])
  try {
    await crowd.open({ url, frames, count: warmUp })
    await new Promise(resolve => setTimeout(resolve, settleMs))
    const beforeKb = await rssKbOf(server)
    const startedMs = performance.now()
    await crowd.open({ url, frames, count })
    const openedMs = performance.now() - startedMs
    await new Promise(resolve => setTimeout(resolve, settleMs))
    const afterKb = await rssKbOf(server)
    return {
      perConnectionKb: (afterKb - beforeKb) / count,
      totalMb: afterKb / 1024,
      perSecond: (count / openedMs) * 1_000,
    }
  } finally {
    await crowd.close()
  }
}

/** @public loaded by main.ts */
export const experiment: Experiment = {
  name: 'realtime-idle',
  shows: 'memory of the server for each connection that is signed in and listens to a room of 50, beside bare `ws`',
  cores: 'shared',
  goals: [
    { of: 'perConnectionKb', atMost: 20 },
    { of: 'grownMb', atMost: 300 },
  ],
  run: ({ pick, say }) =>
    withTempDir(async dir => {
      const count = pick({ short: 100, normal: 2_500, long: 10_000 })
      const postgres = await startEmbeddedPostgres({ dir: join(dir, 'postgres'), log: createLog({ level: 'error' }) })
      const stops: (() => unknown)[] = [() => postgres.stop()]
      try {
        const bare = await startBare({ program: bareProgram })
        stops.push(() => bare.kill())
        const joins = Array.from({ length: count / roomSize }, (_, room) => [`join ${room}`])
        say(`${count} connections to bare ws`)
        const plain = await measure({ server: bare, url: bare.origin.replace('http', 'ws'), frames: joins, count })
        await bare.kill()
        const octet = await startOctet({ dataDir: join(dir, 'octet'), environment: { DATABASE_URL: postgres.url } })
        stops.push(() => octet.kill())
        say(`${count / roomSize} rooms`)
        const rooms = await openRooms(octet.origin, count / roomSize)
        say(`${count} connections to Octet`)
        const live = await measure({ server: octet, url: liveUrl(octet.origin), frames: rooms.frames(count), count })
        return {
          baseline: 'bare `ws` without compression that keeps a set of sockets for each room, same run',
          metrics: {
            connections: count,
            perConnectionKb: live.perConnectionKb,
            barePerConnectionKb: plain.perConnectionKb,
            grownMb: (live.perConnectionKb * count) / 1024,
            totalMb: live.totalMb,
            bareTotalMb: plain.totalMb,
            subscribedPerSecond: live.perSecond,
            bareSubscribedPerSecond: plain.perSecond,
          },
          ratios: { memoryOfBare: live.perConnectionKb / plain.perConnectionKb },
        }
      } finally {
        for (const stop of stops.reverse()) await stop()
      }
    }),
}

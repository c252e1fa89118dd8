/** Thousands of clients lose their server at once. What do their pauses do to the server that comes back? */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chat } from '@octet/contracts/chat'
import { startEmbeddedPostgres } from '@octet/db'
import { signUp } from '@octet/identity/testing'
import { createLog } from '@octet/observe'
import { httpClient, type ServerProcess, startServerProcess } from '@octet/testkit'
import type { Experiment } from '../../bench/experiment.ts'
import { withTempDir } from '../../bench/octet.ts'
import type { StormOrder, StormReport } from './storm.ts'

const serverProgram = fileURLToPath(new URL('../../apps/server/src/main.ts', import.meta.url))
const stormProgram = fileURLToPath(new URL('./storm-process.ts', import.meta.url))
const giveUpMs = 90_000
/** A machine under attack by its own clients starts slowly. */
const readyTimeoutMs = 90_000

interface Stage {
  readonly start: () => Promise<ServerProcess>
  readonly clients: number
}

async function storm({ start, clients }: Stage, isJittered: boolean) {
  let server = await start()
  const child = spawn(process.execPath, [stormProgram], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  try {
    const token = await signUp(server.origin)
    const mine = httpClient(server.origin).client(chat, { token })
    const { id: roomId } = await mine.createRoom({ name: `Storm ${crypto.randomUUID()}` })
    const say = (body: string) => mine.sendMessage({ roomId, cmid: crypto.randomUUID(), body })
    const url = `${server.origin.replace('http', 'ws')}/realtime`
    await ask(child, { kind: 'open', url, token, roomId, clients, isJittered })
    await say('before')
    await until(child, ({ heard }) => heard >= clients)
    await ask(child, { kind: 'report', isFresh: true })
    await server.kill()
    server = await start()
    const readyMs = performance.now()
    const watching = watchHealth(server.origin)
    // Sent before they are back, so they must receive it.
    await say('after')
    const { attempts, failures, peak, heard } = await until(child, ({ live, heard: all }) => {
      return live >= clients && all >= 2 * clients
    })
    const resumedMs = performance.now() - readyMs
    return { resumedMs, attempts, failures, peak, healthWorstMs: await watching.stop(), lost: 2 * clients - heard }
  } finally {
    child.disconnect()
    await once(child, 'exit')
    await server.kill()
  }
}

async function ask(child: ChildProcess, order: StormOrder): Promise<StormReport> {
  const answer = once(child, 'message') as Promise<[StormReport]>
  child.send(order)
  return (await answer)[0]
}

async function until(child: ChildProcess, fits: (report: StormReport) => boolean): Promise<StormReport> {
  const deadlineMs = performance.now() + giveUpMs
  for (;;) {
    const report = await ask(child, { kind: 'report' })
    if (fits(report)) return report
    if (performance.now() > deadlineMs) throw new Error(`it never came to this: ${JSON.stringify(report)}`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

/** The longest wait of another caller for an answer. */
function watchHealth(origin: string) {
  let isOver = false
  let worstMs = 0
  const watching = (async () => {
    while (!isOver) {
      const askedMs = performance.now()
      await fetch(`${origin}/health/live`).then(
        answer => answer.text(),
        () => undefined,
      )
      worstMs = Math.max(worstMs, performance.now() - askedMs)
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  })()
  return {
    async stop(): Promise<number> {
      isOver = true
      await watching
      return worstMs
    },
  }
}

/**
 * A port that the system gives to no outgoing connection. Among thousands of attempts to reach an absent server, an
 * attempt could get the server's port and connect to itself (TCP allows it). Then the server could not start.
 */
async function portBelowTheSystems(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000)
    const probe = createServer().listen(port, '127.0.0.1')
    const isFree = await Promise.race([
      once(probe, 'listening').then(() => true),
      once(probe, 'error').then(() => false),
    ])
    probe.close()
    if (isFree) return port
  }
}

/** @public loaded by main.ts */
export const experiment: Experiment = {
  name: 'reconnect-storm',
  shows:
    'clients that lose a killed server together come back to it: with full jitter, and with the same pauses without',
  cores: 'shared',
  goals: [
    { of: 'resumedMs', atMost: 10_000 },
    { of: 'lost', atMost: 0 },
  ],
  run: ({ pick, say }) =>
    withTempDir(async dir => {
      const clients = pick({ short: 50, normal: 1_500, long: 5_000 })
      const postgres = await startEmbeddedPostgres({ dir: join(dir, 'postgres'), log: createLog({ level: 'error' }) })
      try {
        const port = await portBelowTheSystems()
        const environment = {
          DATABASE_URL: postgres.url,
          OCTET_DATA: join(dir, 'octet'),
          ...{ OCTET_WEB: '0', OCTET_DEMO: '0', OCTET_LIMITS_SCALE: '100000' },
        }
        const start = () => startServerProcess({ program: serverProgram, port, environment, readyTimeoutMs })
        say(`${clients} clients with jitter`)
        const jittered = await storm({ start, clients }, true)
        say(`${clients} clients without`)
        const stepped = await storm({ start, clients }, false)
        return {
          baseline: 'the same pauses (2 s, 4 s, 8 s …) without jitter',
          metrics: {
            clients,
            resumedMs: jittered.resumedMs,
            withoutResumedMs: stepped.resumedMs,
            attemptsInATenthOfASecond: jittered.peak,
            withoutAttemptsInATenthOfASecond: stepped.peak,
            failedAttempts: jittered.failures,
            withoutFailedAttempts: stepped.failures,
            othersWaitedMs: jittered.healthWorstMs,
            withoutOthersWaitedMs: stepped.healthWorstMs,
            lost: jittered.lost + stepped.lost,
          },
          ratios: { peakOfWithout: jittered.peak / stepped.peak },
        }
      } finally {
        await postgres.stop()
      }
    }),
}

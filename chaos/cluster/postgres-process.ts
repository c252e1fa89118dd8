/** The embedded PostgreSQL as a process that can be killed, paused and slowed down, whole or in part. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { type EmbeddedPostgres, openPool, startEmbeddedPostgres } from '@octet/db'
import { createLog } from '@octet/observe'
import { descendantsOf } from '@octet/testkit'
import { signalAll } from './signals.ts'

export interface PostgresProcess {
  /** As superuser, bypassing all proxies. */
  url(): string
  port(): number
  /** Kills the server and all its children with `kill -9`; resolves when none is left. */
  kill(): Promise<void>
  /** Kills one client backend with `kill -9`. False when no backend exists. */
  killBackend(): Promise<boolean>
  signal(signal: 'SIGSTOP' | 'SIGCONT'): Promise<void>
  /** Adds this delay to each fdatasync and fsync. False when the machine does not allow it. */
  slowDisk(delayMs: number): Promise<boolean>
  /** Ends the effect of `slowDisk`. */
  quickDisk(): Promise<void>
  /** Starts it again if it does not run; PostgreSQL recovers by itself. */
  revive(): Promise<void>
  stop(): Promise<void>
}

/** Starts PostgreSQL in `dir` with durable settings; `settings` are added by `alter system`. */
export async function startPostgres(dir: string, settings: Readonly<Record<string, string>>): Promise<PostgresProcess> {
  const log = createLog({ level: 'fatal' })
  const start = () => startEmbeddedPostgres({ dir, log })
  let running: EmbeddedPostgres | undefined = await start()
  let known = running
  let tracer: ChildProcess | undefined
  await alterSystem(known.url, settings)
  const family = async () => [known.pid, ...(await descendantsOf(known.pid))]

  async function quickDisk(): Promise<void> {
    const tracing = tracer
    tracer = undefined
    if (tracing === undefined || tracing.exitCode !== null || tracing.signalCode !== null) return
    const ended = once(tracing, 'exit')
    tracing.kill('SIGINT')
    await ended
  }

  return {
    url: () => known.url,
    port: () => known.port,
    async kill() {
      if (running === undefined) return
      signalAll(await family(), 'SIGKILL')
      await running.lost
      await running.stop()
      running = undefined
    },
    async killBackend() {
      for (const pid of await descendantsOf(known.pid)) {
        const title = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
        if (!title.includes('127.0.0.1(')) continue
        signalAll([pid], 'SIGKILL')
        return true
      }
      return false
    },
    signal: async signal => signalAll(await family(), signal),
    async slowDisk(delayMs) {
      const inject = `inject=fdatasync,fsync:delay_enter=${delayMs * 1000}`
      const pids = (await family()).flatMap(pid => ['-p', String(pid)])
      tracer = spawn('strace', ['-f', '-qq', '-o', '/dev/null', '-e', 'trace=fdatasync,fsync', '-e', inject, ...pids], {
        stdio: 'ignore',
      })
      const failed = once(tracer, 'exit').then(
        () => false,
        () => false,
      )
      return Promise.race([failed, new Promise<boolean>(resolve => setTimeout(resolve, 200, true))])
    },
    quickDisk,
    async revive() {
      await quickDisk()
      running ??= await start()
      known = running
    },
    async stop() {
      await quickDisk()
      signalAll(await family(), 'SIGCONT')
      await running?.stop()
      running = undefined
    },
  }
}

async function alterSystem(url: string, settings: Readonly<Record<string, string>>): Promise<void> {
  const admin = openPool(url, { connectionsMax: 1 })
  try {
    for (const [name, value] of Object.entries(settings)) await admin.unsafe(`alter system set ${name} = '${value}'`)
    await admin`select pg_reload_conf()`
  } finally {
    await admin.end({ timeout: 1 })
  }
}

/** One run of the postgres program: start, wait until ready, stop. */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Binaries } from './embedded-binaries.ts'
import { commandLine, type Launcher } from './embedded-launcher.ts'
import type { ServerLog } from './embedded-log.ts'
import { readPostmasterFile } from './embedded-orphan.ts'

interface ServerOptions {
  readonly dir: string
  readonly dataDir: string
  readonly binaries: Binaries
  readonly launcher: Launcher
  readonly serverLog: ServerLog
  readonly durable: boolean
  readonly connectionsMax: number
}

export interface Server {
  readonly port: number
  readonly pid: number
  /** Resolves when it has ended, for whatever reason: `exit code 0` or `signal SIGKILL`. */
  readonly ended: Promise<string>
  /** Stops it: fast shutdown, then a kill. */
  end(): Promise<void>
}

/** Below the range of outgoing connections, so that none of them can occupy our port at the next start. */
const [portMin, portMax] = [15_000, 29_999]
const attemptsMax = 20
const memoryRetryMs = 200
const pollMs = 5
/** Recovery after a crash may take long, but it logs progress every 10 s, so only silence is a failure. */
const silenceTimeoutMs = 45_000
const startTimeoutMs = 15 * 60_000
const fastTimeoutMs = 6_000
const immediateTimeoutMs = 2_000

/**
 * Starts PostgreSQL on the previous port, or on another free one, and waits until it accepts connections. Throws with
 * the last lines of its log when it ends or goes silent.
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  const portFile = join(options.dir, 'port')
  let port = Number(await readFile(portFile, 'utf8').catch(() => '')) || randomInt(portMin, portMax + 1)
  for (let attempt = 1; ; attempt++) {
    const logStart = await options.serverLog.sizeBytes()
    const server = launch(options, port)
    const problem = await waitUntilReady(server, options)
    if (problem === undefined) {
      await writeFile(portFile, `${port}\n`, { mode: 0o600 })
      return server
    }
    await server.end()
    const lines = await options.serverLog.tail(logStart)
    // PostgreSQL itself tries the port: any earlier check could be outdated by the time it binds.
    const isPortTaken = /could not bind|could not create any TCP\/IP sockets/.test(lines)
    // The last child of a killed PostgreSQL is still ending.
    const isMemoryTaken = /pre-existing shared memory block/.test(lines)
    if (!(isPortTaken || isMemoryTaken) || attempt === attemptsMax) {
      throw new Error(`PostgreSQL did not start (${problem}). The end of its log:\n${lines}`)
    }
    if (isPortTaken) port = randomInt(portMin, portMax + 1)
    else await delay(memoryRetryMs)
  }
}

function launch(options: ServerOptions, port: number): Server {
  const { dataDir, binaries, launcher, serverLog } = options
  const args = ['-D', dataDir, '-p', String(port)]
  for (const [name, value] of Object.entries(settings(options))) args.push('-c', `${name}=${value}`)
  const child = spawn(...commandLine(launcher, binaries.postgres, args), {
    ...launcher.spawnOptions,
    stdio: ['ignore', serverLog.fd, serverLog.fd],
    // A separate session: Ctrl-C in the terminal must reach only the server, which needs its database while it drains.
    detached: true,
  })
  const ended = new Promise<string>(resolve => {
    child.once('error', error => resolve(error.message))
    child.once('exit', (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`))
  })
  // Without parent death signals, an exit without stop() should not leave it running.
  const onExit = () => child.kill('SIGINT')
  process.once('exit', onExit)
  void ended.then(() => process.off('exit', onExit))
  return { port, pid: child.pid ?? 0, ended, end: () => endServer(child, ended, binaries) }
}

/** On the command line, where they override the files in the data directory. */
function settings({ durable, connectionsMax }: ServerOptions): Record<string, string | number> {
  const safe = durable ? 'on' : 'off'
  return {
    fsync: safe,
    synchronous_commit: safe,
    full_page_writes: safe,
    listen_addresses: '127.0.0.1',
    // No socket files: their paths are limited to 107 bytes, and TCP with a password serves every client alike.
    unix_socket_directories: '',
    max_connections: connectionsMax,
    cluster_name: 'octet',
    // The server shares two cores, and queries are short. So there are no parallel workers (whose memory also fills the
    // 64 MB /dev/shm of a container), no JIT compilation and no I/O workers.
    shared_buffers: '128MB',
    effective_cache_size: '1GB',
    work_mem: '8MB',
    maintenance_work_mem: '64MB',
    max_parallel_workers_per_gather: 0,
    max_parallel_maintenance_workers: 0,
    jit: 'off',
    io_method: 'sync',
    random_page_cost: 1.1,
    wal_compression: 'on',
    max_wal_size: '1GB',
    checkpoint_timeout: '5min',
    // Rows of queue tables (outbox, jobs) live briefly, so vacuum soon.
    autovacuum_naptime: '10s',
    TimeZone: 'UTC',
    log_timezone: 'UTC',
    log_line_prefix: '%m [%p] %q%u@%d ',
    log_startup_progress_interval: '10s',
    // Errors without rows and statements, which contain user data. The caller gets the details.
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
  }
}

/** Returns `undefined` when it is ready, else the reason why it is not. */
async function waitUntilReady(server: Server, { dataDir, serverLog }: ServerOptions): Promise<string | undefined> {
  let end: string | undefined
  void server.ended.then(reason => {
    end = reason
  })
  const startedAt = performance.now()
  let heardAt = startedAt
  let sizeBytes = 0
  while (end === undefined) {
    const file = await readPostmasterFile(dataDir)
    // The file of an earlier run, also "ready", may still exist.
    if (file?.isReady && file.pid === server.pid) return undefined
    const now = performance.now()
    const grownBytes = await serverLog.sizeBytes()
    if (grownBytes !== sizeBytes) [heardAt, sizeBytes] = [now, grownBytes]
    if (now - heardAt > silenceTimeoutMs) return `silent for ${silenceTimeoutMs} ms`
    if (now - startedAt > startTimeoutMs) return `not ready after ${startTimeoutMs} ms`
    await delay(pollMs)
  }
  return end
}

async function endServer(child: ChildProcess, ended: Promise<string>, binaries: Binaries): Promise<void> {
  if (child.pid === undefined) return
  const steps = [
    ['SIGINT', fastTimeoutMs],
    ['SIGQUIT', immediateTimeoutMs],
  ] as const
  for (const [signal, timeoutMs] of steps) {
    signalServer(child, signal, binaries)
    if (await settlesWithin(ended, timeoutMs)) return
  }
  child.kill('SIGKILL')
  await ended
}

function signalServer(child: ChildProcess, signal: 'SIGINT' | 'SIGQUIT', binaries: Binaries): void {
  if (process.platform !== 'win32') child.kill(signal)
  // Node would end the process at once; on Windows PostgreSQL expects pg_ctl's own kind of signal.
  else spawn(binaries.pgCtl, ['kill', signal.slice(3), String(child.pid)], { stdio: 'ignore', windowsHide: true })
}

async function settlesWithin(promise: Promise<unknown>, timeoutMs: number): Promise<boolean> {
  const timeout = new AbortController()
  const late = delay(timeoutMs, false, { signal: timeout.signal }).catch(() => false)
  const isSettled = await Promise.race([promise.then(() => true), late])
  timeout.abort()
  return isSettled
}

/** A server as its users run it: a process of its own, on a free port, that can be killed like one. */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { devNull } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'

export interface ServerProcessOptions {
  /** File of the program. It reads its port from `PORT` and answers `GET /health/ready` with 200 when it serves. */
  readonly program: string
  readonly args?: readonly string[]
  /** Added to this process's environment without its `OCTET_` variables. */
  readonly environment?: Readonly<Record<string, string>>
  /** Options of Node itself. */
  readonly nodeOptions?: readonly string[]
  /** A command in front, such as `['taskset', '-c', '0']`. */
  readonly launcher?: readonly string[]
  readonly readyTimeoutMs?: number
  /** Instead of a free one, where others must know it beforehand. */
  readonly port?: number
}

export interface ServerProcess extends AsyncDisposable {
  readonly port: number
  /** `http://127.0.0.1:<port>` */
  readonly origin: string
  readonly pid: number
  /** Its exit code, or the signal that ended it, once it has ended. */
  readonly ended: Promise<number | NodeJS.Signals>
  /** The last of what it printed. */
  output(): string
  /** SIGKILL to it and everything it started, at once, as when the machine loses power. Resolves when it is gone. */
  kill(): Promise<void>
  /**
   * SIGTERM, and SIGKILL when that takes too long. Resolves with its exit code, or the signal that ended it. The end of
   * an `await using` block does the same.
   */
  stop(): Promise<number | NodeJS.Signals>
}

/** A developer's own `.env` must not change what a test sees. */
const ownEnvironment = { HOST: '127.0.0.1', OCTET_ENV_FILE: devNull }
/** Two seconds where nothing else runs; a minute with a load of twenty. */
const readyTimeoutMsDefault = 120_000
const stopTimeoutMs = 15_000
const goneTimeoutMs = 30_000
const pollMs = 10
const outputCharsMax = 20_000
const [portMin, portMax] = [16_000, 32_000]
const portAttemptsMax = 100

/** Starts the program and waits until it serves. Throws with what it printed when it ends or takes too long. */
export async function startServerProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  const port = options.port ?? (await freePort())
  const [command = '', ...args] = [
    ...(options.launcher ?? []),
    process.execPath,
    ...(options.nodeOptions ?? []),
    options.program,
    ...(options.args ?? []),
  ]
  const inherited = Object.entries(process.env).filter(([name]) => !/^(OCTET_|DATABASE_URL$|NODE_TEST_)/.test(name))
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...Object.fromEntries(inherited), ...ownEnvironment, ...options.environment, PORT: String(port) },
  })
  const output = collectOutput(child)
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>
  exited.catch(() => undefined) // a program that cannot be spawned is reported below
  const server = serverOf(child, { port, output, exited })
  try {
    await ready(child, port, options.readyTimeoutMs ?? readyTimeoutMsDefault)
  } catch (error) {
    await server.kill()
    throw new Error(`${options.program} did not start: ${(error as Error).message}\n${output()}`)
  }
  return server
}

function serverOf(
  child: ChildProcess,
  parts: { port: number; output: () => string; exited: Promise<[number | null, NodeJS.Signals | null]> },
): ServerProcess {
  const { port, output, exited } = parts
  const pid = child.pid ?? 0
  const hasEnded = () => child.pid === undefined || child.exitCode !== null || child.signalCode !== null
  async function kill(): Promise<void> {
    if (hasEnded()) return
    const family = [pid, ...(await descendantsOf(pid))]
    for (const member of family) signalQuietly(member, 'SIGKILL')
    await exited
    // The next start on the same data must not meet a process that is still dying.
    const deadlineMs = performance.now() + goneTimeoutMs
    for (const member of family) while (performance.now() < deadlineMs && (await isAlive(member))) await delay(1)
  }
  async function stop(): Promise<number | NodeJS.Signals> {
    const force = setTimeout(() => void kill(), stopTimeoutMs)
    if (!hasEnded()) child.kill('SIGTERM')
    try {
      const [code, signal] = hasEnded() ? [child.exitCode, child.signalCode] : await exited
      return signal ?? code ?? 0
    } finally {
      clearTimeout(force)
    }
  }
  const ended = exited.then(([code, signal]) => signal ?? code ?? 0)
  ended.catch(() => undefined) // as above
  const [origin, dispose] = [`http://127.0.0.1:${port}`, async () => void (await stop())]
  return { port, origin, pid, ended, output, kill, stop, [Symbol.asyncDispose]: dispose }
}

function collectOutput(child: ChildProcess): () => string {
  let text = ''
  const collect = (chunk: Buffer | Error) => {
    text = (text + chunk).slice(-outputCharsMax)
  }
  child.stdout?.on('data', collect)
  child.stderr?.on('data', collect)
  child.on('error', collect)
  return () => text
}

async function ready(child: ChildProcess, port: number, timeoutMs: number): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs
  while (performance.now() < deadlineMs) {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) throw new Error('it ended')
    const answer = await fetch(`http://127.0.0.1:${port}/health/ready`, { signal: AbortSignal.timeout(2_000) }).catch(
      () => undefined,
    )
    await answer?.body?.cancel()
    if (answer?.status === 200) return
    await delay(pollMs)
  }
  throw new Error(`it was not ready after ${timeoutMs} ms`)
}

/**
 * A free port of 127.0.0.1, below the ones that systems give to outgoing connections (RFC 6335: 49152 and up; Linux:
 * 32768 and up). The port is free only until its user listens: one of theirs may be taken meanwhile by any connection.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < portAttemptsMax; attempt++) {
    const port = randomInt(portMin, portMax)
    const probe = createServer()
    const isFree = await new Promise<boolean>(resolve => {
      probe.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true))
    })
    if (!isFree) continue
    probe.close()
    await once(probe, 'close')
    return port
  }
  throw new Error(`no free port after ${portAttemptsMax} attempts`)
}

/**
 * Processes started by a process, and by those, whatever session they moved to. Only Linux tells; elsewhere what a
 * killed process leaves behind ends by itself a moment later.
 */
export async function descendantsOf(pid: number): Promise<number[]> {
  if (process.platform !== 'linux') return []
  const childrenOf = new Map<number, number[]>()
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name))
  const stats = await Promise.all(pids.map(name => readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')))
  for (const stat of stats) {
    // `pid (name) state parent …`; the name may hold anything.
    const match = /^(\d+) \(.*\) \S (\d+) /s.exec(stat)
    if (match === null) continue
    const parent = Number(match[2])
    childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), Number(match[1])])
  }
  const found: number[] = []
  const visit = (parent: number) => {
    for (const child of childrenOf.get(parent) ?? []) {
      found.push(child)
      visit(child)
    }
  }
  visit(pid)
  return found
}

function signalQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It has ended meanwhile, which is what was asked for.
  }
}

/** A zombie is not: nothing is left of it but its exit status, which its new parent may never collect. */
async function isAlive(pid: number): Promise<boolean> {
  if (process.platform !== 'linux') return false
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return /^\d+ \(.*\) [^ZX] /s.test(stat)
}

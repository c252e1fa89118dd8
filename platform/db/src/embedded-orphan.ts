/** Finds and stops a PostgreSQL that outlived its server, by the files in its data directory. */
import { execFile } from 'node:child_process'
import { readdir, readFile, readlink, realpath, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'

/** The lines of postmaster.pid that we use (PostgreSQL's `miscadmin.h`). */
interface PostmasterFile {
  readonly pid: number
  readonly isReady: boolean
}

interface OrphanTimeouts {
  readonly fastMs: number
  readonly immediateMs: number
  readonly killMs: number
}

const timeoutsDefault: OrphanTimeouts = { fastMs: 10_000, immediateMs: 5_000, killMs: 5_000 }
const pollMs = 10

/** The content of `postmaster.pid`, which is stale after a crash. `undefined` when missing or garbled. */
export async function readPostmasterFile(dataDir: string): Promise<PostmasterFile | undefined> {
  const text = await readFile(join(dataDir, 'postmaster.pid'), 'utf8').catch(() => undefined)
  const lines = text?.split('\n')
  const pid = Number(lines?.[0])
  return lines && pid > 0 ? { pid, isReady: lines[7]?.trim() === 'ready' } : undefined
}

/**
 * Stops the PostgreSQL that `postmaster.pid` names: fast shutdown, then immediate, then kill. If another program got
 * the pid, it is left alone, and the stale file is removed, because it would block PostgreSQL's start. The caller must
 * hold the directory's lock, so that the PostgreSQL cannot belong to another server. Returns whether it found one;
 * throws when it does not end.
 */
export async function stopOrphan(dataDir: string, timeouts = timeoutsDefault): Promise<boolean> {
  const file = await readPostmasterFile(dataDir)
  if (!file) {
    await removeGarbledFile(dataDir, timeouts.killMs)
    return false
  }
  const isOrphan = await isPostgresOf(file.pid, dataDir)
  if (isOrphan && !(await endPostmaster(file.pid, dataDir, timeouts))) {
    throw new Error(
      `PostgreSQL (process ${file.pid}) of an earlier run still uses ${dataDir}: stop it, then start again.`,
    )
  }
  await killLeftovers(dataDir, timeouts.killMs)
  if (isAlive(file.pid)) await rm(join(dataDir, 'postmaster.pid'), { force: true })
  return isOrphan
}

/**
 * A crash of the machine, or a full disk, can leave `postmaster.pid` empty or without a number. PostgreSQL then refuses
 * every start, because it cannot tell whether the directory is in use. Our lock and the list of processes can tell.
 * Only on Linux, where killLeftovers reads that list.
 */
async function removeGarbledFile(dataDir: string, killMs: number): Promise<void> {
  if (process.platform !== 'linux') return
  if (await killLeftovers(dataDir, killMs)) await rm(join(dataDir, 'postmaster.pid'), { force: true })
}

async function endPostmaster(pid: number, dataDir: string, timeouts: OrphanTimeouts): Promise<boolean> {
  async function endBy(signal: NodeJS.Signals, timeoutMs: number): Promise<boolean> {
    sendSignal(pid, signal)
    // Checks the identity and not only whether the pid is taken: a zombie keeps its pid, and pids are reused.
    return await poll(async () => !(await isPostgresOf(pid, dataDir)), timeoutMs)
  }
  if (await endBy('SIGINT', timeouts.fastMs)) return true
  if (await endBy('SIGQUIT', timeouts.immediateMs)) return true
  return await endBy('SIGKILL', timeouts.killMs)
}

/**
 * Kills the remaining children of a PostgreSQL whose main process was killed. They would end by themselves, but only
 * after their current work, and PostgreSQL does not start before. Outside Linux it returns false. Returns whether all
 * ended in time.
 */
export async function killLeftovers(dataDir: string, timeoutMs: number): Promise<boolean> {
  if (process.platform !== 'linux') return false
  return await poll(async () => {
    const pids = (await readdir('/proc')).map(Number).filter(pid => pid > 0)
    const isOurs = await Promise.all(pids.map(pid => isPostgresOf(pid, dataDir)))
    const leftovers = pids.filter((_, index) => isOurs[index])
    for (const pid of leftovers) sendSignal(pid, 'SIGKILL')
    return leftovers.length === 0
  }, timeoutMs)
}

/** Checks every few milliseconds until the answer is yes. Returns whether it was, in time. */
export async function poll(isDone: () => Promise<boolean>, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs
  while (!(await isDone())) {
    if (performance.now() > deadline) return false
    await delay(pollMs)
  }
  return true
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Sends a signal to a process, or to a process group by its negative number. Ignores a process that is gone. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Whether the process is a PostgreSQL of this data directory. Always false on Windows, where PostgreSQL checks it. */
export async function isPostgresOf(pid: number, dataDir: string): Promise<boolean> {
  if (process.platform === 'win32') return false
  const dir = await realpath(dataDir).catch(() => undefined)
  if (dir === undefined) return false
  if (process.platform !== 'linux') return commandNames(await commandOf(pid), dir)
  try {
    const [program, workDir] = await Promise.all([readlink(`/proc/${pid}/exe`), readlink(`/proc/${pid}/cwd`)])
    // Linux adds a suffix when an upgrade has removed the program.
    return basename(program.replace(/ \(deleted\)$/, '')) === 'postgres' && workDir === dir
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') return false
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    return commandNames(command.replaceAll('\0', ' '), dir)
  }
}

function commandNames(command: string, dir: string): boolean {
  return /\/postgres /.test(command) && command.includes(` -D ${dir} `)
}

async function commandOf(pid: number): Promise<string> {
  const ps = promisify(execFile)('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { timeout: 5_000 })
  return await ps.then(
    result => result.stdout,
    () => '', // ps fails when the process does not exist
  )
}

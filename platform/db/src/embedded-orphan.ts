/** A PostgreSQL that outlived the server that started it, found by what it left in its data directory. */
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

/** What PostgreSQL says about itself in `postmaster.pid`; stale after a crash. `undefined` when missing or garbled. */
export async function readPostmasterFile(dataDir: string): Promise<PostmasterFile | undefined> {
  const text = await readFile(join(dataDir, 'postmaster.pid'), 'utf8').catch(() => undefined)
  const lines = text?.split('\n')
  const pid = Number(lines?.[0])
  return lines && pid > 0 ? { pid, isReady: lines[7]?.trim() === 'ready' } : undefined
}

/**
 * Stops the PostgreSQL that `postmaster.pid` names: fast shutdown, then immediate, then kill. A process that is not a
 * PostgreSQL of this directory was given the same pid later: it is left alone, and the stale file removed, over which
 * PostgreSQL would otherwise stumble. The caller must hold the directory's lock, so that no other server's PostgreSQL
 * can be meant. Returns whether there was one; throws when it does not go away.
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
 * A crash of the machine, or a full disk, can leave `postmaster.pid` empty or without a number in it. PostgreSQL then
 * refuses every start, because it cannot tell whether the directory is in use. Our lock and the list of processes can
 * tell. Only on Linux, where killLeftovers reads that list.
 */
async function removeGarbledFile(dataDir: string, killMs: number): Promise<void> {
  if (process.platform !== 'linux') return
  if (await killLeftovers(dataDir, killMs)) await rm(join(dataDir, 'postmaster.pid'), { force: true })
}

async function endPostmaster(pid: number, dataDir: string, timeouts: OrphanTimeouts): Promise<boolean> {
  async function endBy(signal: NodeJS.Signals, timeoutMs: number): Promise<boolean> {
    sendSignal(pid, signal)
    // Asking who it is, not whether the pid is taken: a zombie keeps its pid, and pids are given away again.
    return await poll(async () => !(await isPostgresOf(pid, dataDir)), timeoutMs)
  }
  if (await endBy('SIGINT', timeouts.fastMs)) return true
  if (await endBy('SIGQUIT', timeouts.immediateMs)) return true
  return await endBy('SIGKILL', timeouts.killMs)
}

/**
 * Kills what is left of a PostgreSQL whose main process was killed. Its children notice by themselves, but only once
 * they are done with what they are doing, and PostgreSQL does not start before. Elsewhere than on Linux it says so.
 * Returns whether all are gone, in time.
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

/** Asks every few milliseconds until the answer is yes. Returns whether it was, in time. */
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

/** Sends a signal to a process, or to a group by its negative number. One that is gone is fine. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Whether the process is a PostgreSQL that works in this data directory. On Windows never: PostgreSQL checks there. */
export async function isPostgresOf(pid: number, dataDir: string): Promise<boolean> {
  if (process.platform === 'win32') return false
  const dir = await realpath(dataDir).catch(() => undefined)
  if (dir === undefined) return false
  if (process.platform !== 'linux') return commandNames(await commandOf(pid), dir)
  try {
    const [program, workDir] = await Promise.all([readlink(`/proc/${pid}/exe`), readlink(`/proc/${pid}/cwd`)])
    // Linux marks a program that an upgrade has removed since.
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
    () => '', // ps fails when there is no such process
  )
}

/**
 * Allows one server per data directory. The lock is a record lock that the operating system holds for the process. It
 * is taken through SQLite, the only access to such locks in plain Node, and it ends with the process: after `kill -9`
 * nothing stale remains. Most projects use a file with a pid instead. They must guess whether its writer still lives,
 * and guess wrong when another program got the pid or the writer runs in another container. They also need a second
 * lock to make two simultaneous takeovers safe.
 */
import { constants, writeFileSync } from 'node:fs'
import { access, mkdir, readFile, realpath, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'

export interface DataDirLock {
  /** The directory's real path: absolute, without symbolic links. */
  readonly dir: string
  /** Releases the directory. A second call does nothing. */
  release(): Promise<void>
}

/** Another live process holds the data directory. `pid` and `since` are `undefined` when they could not be read. */
export class DataDirLockedError extends Error {
  readonly code = 'data-dir-locked'
  readonly dir: string
  readonly pid: number | undefined
  readonly since: string | undefined

  constructor(dir: string, holder: Holder | undefined) {
    const host = holder && holder.host !== hostname() ? ` on ${holder.host}` : ''
    const who = holder ? `process ${holder.pid}${host}, since ${holder.since}` : 'another process'
    super(
      `The data directory ${dir} is in use by ${who}. ` +
        'Stop that process, or give this one another directory with OCTET_DATA.',
    )
    this.name = 'DataDirLockedError'
    this.dir = dir
    this.pid = holder?.pid
    this.since = holder?.since
  }
}

/** What the holder writes about itself. It only serves the error message; the lock itself is in the kernel. */
interface Holder {
  pid: number
  /** When the process started, in clock ticks since boot; distinguishes it from a later process with the same pid. */
  startedTicks: number | undefined
  host: string
  since: string
}

const sqliteBusy = 5
const holderTimeoutMs = 500
const holderPollMs = 20

/** The garbage collector would close an unreferenced database and lose the lock. */
const held = new Set<DatabaseSync>()

/**
 * Creates `dir` (0700) if missing and locks it for this process until `release()` or the end of the process, however it
 * ends. Another path to the same directory is the same lock. Throws {@link DataDirLockedError} at once when it is
 * taken, even by this process.
 */
export async function lockDataDir(dir: string): Promise<DataDirLock> {
  const real = await openDir(dir)
  const holder: Holder = {
    pid: process.pid,
    startedTicks: await startedTicks(process.pid),
    host: hostname(),
    since: new Date().toISOString(),
  }
  const database = takeLock(real)
  if (!database) throw new DataDirLockedError(real, await readHolder(real))
  held.add(database)

  const holderFile = join(real, 'lock.json')
  async function release(): Promise<void> {
    if (!held.delete(database!)) return
    // The lock file stays: otherwise one process could lock the deleted file and another a new one.
    await rm(holderFile, { force: true }).finally(() => database!.close())
  }
  try {
    // Written right after locking, because refused processes look for it.
    writeFileSync(holderFile, `${JSON.stringify(holder)}\n`, { mode: 0o600 })
  } catch (error) {
    await release()
    throw error
  }
  return { dir: real, release }
}

async function openDir(dir: string): Promise<string> {
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 })
    const real = await realpath(dir)
    await access(real, constants.R_OK | constants.W_OK | constants.X_OK)
    return real
  } catch (cause) {
    const hint = 'Give one that this user may write to with OCTET_DATA, or run as the user who owns it.'
    throw new Error(`The data directory ${dir} cannot be used: ${(cause as Error).message}. ${hint}`, { cause })
  }
}

/**
 * Returns `undefined` when another process has the lock. `BEGIN IMMEDIATE` takes SQLite's RESERVED lock, an exclusive
 * lock on one byte: of many starters exactly one gets it. (EXCLUSIVE takes several steps, so two starters could make
 * each other fail.)
 */
function takeLock(dir: string): DatabaseSync | undefined {
  const file = join(dir, 'lock')
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(file, { timeout: 0 })
    // No journal file: after a kill, the next starters would briefly lock the file to remove it.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN IMMEDIATE')
    return database
  } catch (cause) {
    database?.close()
    if ((cause as { errcode?: number }).errcode === sqliteBusy) return undefined
    const hint = 'Its file system must support file locks; network file systems often do not.'
    throw new Error(`Cannot lock ${file}: ${(cause as Error).message}. ${hint}`, { cause })
  }
}

/**
 * The holder of the lock. A new holder may not have written its note yet, and a killed holder's note may still be
 * there.
 */
async function readHolder(dir: string): Promise<Holder | undefined> {
  const deadline = performance.now() + holderTimeoutMs
  while (performance.now() < deadline) {
    const holder = parseHolder(await readFile(join(dir, 'lock.json'), 'utf8').catch(() => ''))
    if (holder && (holder.host !== hostname() || (await isSameProcess(holder)))) return holder
    await delay(holderPollMs)
  }
  return undefined
}

function parseHolder(text: string): Holder | undefined {
  try {
    return JSON.parse(text) as Holder
  } catch {
    return undefined // missing, or half written
  }
}

async function isSameProcess(holder: Holder): Promise<boolean> {
  return isAlive(holder.pid) && (await startedTicks(holder.pid)) === holder.startedTicks
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Field 22 of /proc/<pid>/stat (proc_pid_stat(5)); `undefined` without /proc or without such a process. */
async function startedTicks(pid: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  // The second field is the program's name in brackets and may contain anything, including spaces and brackets.
  const ticks = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  return ticks === undefined ? undefined : Number(ticks)
}

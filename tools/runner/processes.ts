/**
 * Finds and kills the processes of a test run. A process may move to another session, lose its parent or rewrite its
 * environment, so no single mark finds all of them. Only Linux (`/proc`) has enough information. Elsewhere only the
 * process groups are killed.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

/** Marks of a run, or of one test file; each of its processes keeps at least one. */
export interface Owner {
  /** Folders that only these processes name in their environment (`TMPDIR`), or work in. */
  readonly folders: readonly string[]
  /** Sessions that the run began, one per test file; each is also a process group. */
  readonly sessions: readonly number[]
}

export interface OwnedProcess {
  readonly pid: number
  readonly command: string
}

interface Process {
  readonly pid: number
  readonly parent: number
  readonly session: number
  readonly hasTerminal: boolean
}

const pollMs = 20
const commandCharactersMax = 200

/** All running processes of the owner except this one: marked ones, and their children. */
export function processesOf(owner: Owner): OwnedProcess[] {
  const all = listProcesses()
  const found = new Set(all.filter(process => isMarked(process, owner)).map(({ pid }) => pid))
  // Parents have lower numbers than children until numbers wrap around, so one pass is not enough.
  for (let sizeBefore = -1; sizeBefore !== found.size; ) {
    sizeBefore = found.size
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid)
  }
  found.delete(process.pid)
  return [...found].map(pid => ({ pid, command: commandOf(pid).replaceAll('\0', ' ').slice(0, commandCharactersMax) }))
}

/**
 * Kills them until none is left; SIGKILL also ends stopped processes. It stops all of them first. Otherwise a process
 * known only through its parent would be lost when the parent ends, and a running one could start another. Returns
 * those that could not be killed in time.
 */
export async function killProcesses(owner: Owner, timeoutMs: number): Promise<OwnedProcess[]> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const left = stopAll(owner)
    for (const pid of left.keys()) send(pid, 'SIGKILL')
    if (process.platform !== 'linux') for (const session of owner.sessions) send(-session, 'SIGKILL')
    if (left.size === 0 || performance.now() > deadline) return [...left.values()]
    await delay(pollMs)
  }
}

function stopAll(owner: Owner): Map<number, OwnedProcess> {
  const stopped = new Map<number, OwnedProcess>()
  for (;;) {
    const others = processesOf(owner).filter(({ pid }) => !stopped.has(pid))
    if (others.length === 0) return stopped
    for (const other of others) {
      send(other.pid, 'SIGSTOP')
      stopped.set(other.pid, other)
    }
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // The process ended meanwhile, or we may not end it: the caller checks again.
  }
}

function listProcesses(): Process[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(name => {
      const stat = readOr(`/proc/${name}/stat`, '')
      // `pid (name) state parent group session terminal …`; the name may contain anything, also brackets.
      const [state = 'X', parent, , session, terminal] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      const isGone = state === 'Z' || state === 'X' || stat === ''
      const fields = { parent: Number(parent), session: Number(session), hasTerminal: terminal !== '0' }
      return isGone ? [] : [{ pid: Number(name), ...fields }]
    })
}

function isMarked({ pid, session, hasTerminal }: Process, { folders, sessions }: Owner): boolean {
  if (sessions.includes(session)) return true
  // Without the right to trace another user's process, only its command line can be read.
  const words = readOr(`/proc/${pid}/environ`, undefined) ?? commandOf(pid)
  if (folders.some(folder => words.includes(`=${folder}/`) || words.includes(`=${folder}\0`))) return true
  // PostgreSQL and Redis overwrite their environment with their title, but PostgreSQL works in its data directory. A
  // person who works in the folder has a terminal.
  const workDir = hasTerminal ? '' : `${linkOf(`/proc/${pid}/cwd`).replace(/ \(deleted\)$/, '')}/`
  return folders.some(folder => workDir.startsWith(`${folder}/`))
}

function commandOf(pid: number): string {
  return readOr(`/proc/${pid}/cmdline`, '')
}

function readOr<T>(path: string, otherwise: T): string | T {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return otherwise
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

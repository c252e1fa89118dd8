/** Cleans up after a killed first start: initdb's working directory, and an initdb that still runs in it. */
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { killLeftovers, poll, sendSignal } from './embedded-orphan.ts'

const workPrefix = 'initdb-'
const killMs = 5_000
/** A killed process may finish its current write, into a directory that is being emptied. */
const removal = { recursive: true, force: true, maxRetries: 40, retryDelay: 50 }

/** The prefix of initdb's working directory; a random suffix follows. */
export function workDirPrefix(dir: string): string {
  return join(dir, workPrefix)
}

/**
 * Ends every initdb that an earlier, killed start left in `dir`, and removes its working directory. Call it at every
 * start, because a kill after the rename of the data directory leaves one too. The caller must hold the directory's
 * lock, so that no other start works there. Throws when a process cannot be ended or a directory cannot be removed.
 */
export async function removeRemains(dir: string): Promise<void> {
  for (const name of await readdir(dir)) {
    if (!name.startsWith(workPrefix)) continue
    const work = join(dir, name)
    const data = join(work, 'data')
    await killInitdb(data)
    await killLeftovers(data, killMs)
    await rm(work, removal)
  }
}

/**
 * Kills initdb and its child, a PostgreSQL whose arguments do not identify it; both are in the process group that
 * initdb was started in. A polite stop is not enough, because initdb first waits for its child, which goes on writing.
 */
async function killInitdb(data: string): Promise<void> {
  if (process.platform !== 'linux') return
  await poll(async () => {
    const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name))
    const groups = (await Promise.all(pids.map(pid => groupMaking(pid, data)))).filter(group => group > 1)
    for (const group of groups) sendSignal(-group, 'SIGKILL')
    return groups.length === 0
  }, killMs)
}

/** The process group if the process was started to create `data`, otherwise 0. */
async function groupMaking(pid: string, data: string): Promise<number> {
  const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0')
  if (command[command.indexOf('-D') + 1] !== data) return 0
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  // The second field is the program's name in brackets and may contain anything; state, parent and group follow it.
  const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return state === 'Z' ? 0 : Number(group)
}

/** What a killed first start leaves beside the data directory: initdb's working directory, and initdb at work in it. */
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { killLeftovers, poll, sendSignal } from './embedded-orphan.ts'

const workPrefix = 'initdb-'
const killMs = 5_000
/** A process that is killed may finish the write it is in, into a directory that is being emptied. */
const removal = { recursive: true, force: true, maxRetries: 40, retryDelay: 50 }

/** Where a working directory of initdb goes, but for its random end. */
export function workDirPrefix(dir: string): string {
  return join(dir, workPrefix)
}

/**
 * Ends every initdb that an earlier, killed start left in `dir`, and removes its working directory. Call it at every
 * start, because a kill after the rename of the data directory leaves one too. The caller must hold the directory's
 * lock, so that no other start can be at work there. Throws when something cannot be ended or removed.
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
 * Kills initdb and its child, a PostgreSQL that no argument gives away; both are in the process group that initdb was
 * started in. Asking initdb to stop is not enough: it waits for its child first, which goes on writing meanwhile.
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

/** The process group of a process that was told to make `data`; 0 for every other process. */
async function groupMaking(pid: string, data: string): Promise<number> {
  const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0')
  if (command[command.indexOf('-D') + 1] !== data) return 0
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  // The second field is the program's name in brackets and may hold anything; state, parent and group follow it.
  const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return state === 'Z' ? 0 : Number(group)
}

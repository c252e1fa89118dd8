import { readdir, readFile } from 'node:fs/promises'

/**
 * Processor time of a process over all its threads, milliseconds, with nanosecond precision; NaN where the system does
 * not report it (only Linux does).
 */
export async function cpuMsOf(pid: number): Promise<number> {
  try {
    const threads = await readdir(`/proc/${pid}/task`)
    const stats = await Promise.all(threads.map(id => readFile(`/proc/${pid}/task/${id}/schedstat`, 'utf8')))
    return stats.reduce((sumMs, stat) => sumMs + Number(stat.split(' ')[0]) / 1e6, 0)
  } catch {
    return Number.NaN
  }
}

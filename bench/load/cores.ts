/** Which processor core runs what: server and load generator must not take time from each other. */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

export interface Cores {
  /** Commands to put in front; empty when processes cannot be tied to cores here. */
  readonly server: readonly string[]
  readonly generator: readonly string[]
  readonly note: string
}

/** The first two cores this process may use, through `taskset` (Linux). */
export async function chooseCores(): Promise<Cores> {
  const [first, second] = await allowedCores()
  if (first === undefined || second === undefined) {
    return { server: [], generator: [], note: 'processes are not tied to cores (no taskset, or one core)' }
  }
  return {
    server: ['taskset', '-c', String(first)],
    generator: ['taskset', '-c', String(second)],
    note: `servers on core ${first}, load generator on core ${second}`,
  }
}

async function allowedCores(): Promise<number[]> {
  try {
    const status = await readFile('/proc/self/status', 'utf8')
    const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1] ?? ''
    await promisify(execFile)('taskset', ['-c', list, 'true'], { timeout: 5_000 })
    return list.split(',').flatMap(range => {
      const [from = 0, to = from] = range.split('-').map(Number)
      return Array.from({ length: to - from + 1 }, (_, index) => from + index)
    })
  } catch {
    return []
  }
}

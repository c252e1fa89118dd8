/** Assigns processor cores: server and load generator must not take time from each other. */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { promisify } from 'node:util'

export interface Cores {
  /** Prefixes of a command; empty when processes are not tied to cores. */
  readonly server: readonly string[]
  readonly generator: readonly string[]
  readonly note: string
}

/** The first two cores this process may use, through `taskset` (Linux). */
export async function chooseCores(): Promise<Cores> {
  const [first, second] = await allowedCores()
  if (first === undefined || second === undefined) {
    return { server: [], generator: [], note: `no taskset, or one core: ${sharedCores().note}` }
  }
  return {
    server: ['taskset', '-c', String(first)],
    generator: ['taskset', '-c', String(second)],
    note: `servers on core ${first}, load generator on core ${second}, databases on any`,
  }
}

/** Nothing is tied to a core. */
export function sharedCores(): Cores {
  const note = `servers, clients and databases share ${availableParallelism()} cores`
  return { server: [], generator: [], note }
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

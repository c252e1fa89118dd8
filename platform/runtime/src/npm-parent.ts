/**
 * npm passes a signal on to the shell it started, and the shell ends without passing it on. The program under both
 * would run on and hold its port. So a program that an npm script started watches its ancestors up to npm.
 */
import { readFileSync } from 'node:fs'

const watchEveryMs = 200
const shellsMax = 4

/**
 * Calls `react` once when npm, or a shell between, has ended. Does nothing in a program that none of these npm scripts
 * started (`npm_lifecycle_event`). Sees through a shell on Linux only.
 */
export function whenNpmEnds(scripts: readonly string[], react: () => void): void {
  const script = process.env.npm_lifecycle_event
  if (script === undefined || !scripts.includes(script)) return
  const [parent, ...others] = ancestorsUpToNpm()
  const timer = setInterval(() => {
    // An orphan is given to another parent. A shell between may still wait when npm is killed.
    if (process.ppid === parent && others.every(isAlive)) return
    clearInterval(timer)
    react()
  }, watchEveryMs)
  timer.unref()
}

/** The parent, and as long as that is a shell which runs a command, the parent of that. */
function ancestorsUpToNpm(): number[] {
  const found = [process.ppid]
  while (found.length <= shellsMax) {
    const parent = parentOfShell(found.at(-1)!)
    if (parent === undefined) break
    found.push(parent)
  }
  return found
}

/** The parent of a shell that runs a command; `undefined` for other processes, and elsewhere than on Linux. */
function parentOfShell(pid: number): number | undefined {
  try {
    if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes('-c')) return undefined
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // `pid (name) state parent …`; the name may contain spaces and brackets.
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
    return parent > 1 ? parent : undefined
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

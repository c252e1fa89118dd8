/** What a start builds of the sources when they changed: the web client, and the program itself. */
import { spawn } from 'node:child_process'
import { readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

const buildTimeoutMs = 120_000
const outputCharsMax = 4_000
/** What an interrupted build left is removed by a later one. */
const abandonedAfterMs = 10 * 60_000

export interface Rebuild {
  /** Whether the folder was built from the sources as they are now. */
  readonly isCurrent: () => boolean | Promise<boolean>
  /** Builds into a folder beside it, which does not exist yet. */
  readonly build: (fresh: string) => Promise<void>
}

/**
 * Builds a folder beside the old one and moves it in, so that two servers starting together, or a kill half-way, leave
 * no mixture behind. Throws when the build fails.
 */
export async function rebuild(folder: string, { isCurrent, build }: Rebuild): Promise<void> {
  const fresh = `${folder}.${process.pid}`
  const old = `${fresh}.old`
  try {
    await removeAbandoned(folder)
    await build(fresh)
    // Another server was faster, and may be reading its files.
    if (await isCurrent()) return
    await rename(folder, old).catch(() => undefined)
    await rename(fresh, folder).catch(async error => {
      if (!(await isCurrent())) throw error
    })
  } finally {
    await Promise.all([fresh, old].map(path => rm(path, { recursive: true, force: true })))
  }
}

async function removeAbandoned(folder: string): Promise<void> {
  const parent = dirname(folder)
  for (const name of await readdir(parent)) {
    const suffix = name.startsWith(`${basename(folder)}.`) ? name.slice(basename(folder).length) : ''
    if (!/^\.\d+/.test(suffix)) continue
    const path = join(parent, name)
    const changedMs = (await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now()
    if (Date.now() - changedMs > abandonedAfterMs) await rm(path, { recursive: true, force: true })
  }
}

/** Runs a program of Node to its end. Throws with the last of what it printed. */
export function runNode(args: readonly string[], cwd: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], timeout: buildTimeoutMs })
    let output = ''
    const collect = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-outputCharsMax)
    }
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    child.once('error', reject)
    child.once('close', code => (code === 0 ? resolve() : reject(new Error(output || 'the build was stopped'))))
  })
}

/**
 * The program as one bundle, made when its sources changed, as the web client is. A start reads a few files instead of
 * two thousand, which takes a third of the time.
 */
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

type CommandLine = Pick<typeof import('./command-line.ts'), 'runCommandLine'>

/** One line of `inputs.txt`: a file that is part of the bundle, as it was then. */
export interface Input {
  readonly path: string
  readonly sizeBytes: number
  readonly changedMs: number
}

const appFolder = fileURLToPath(new URL('../', import.meta.url))
const bundleFolder = join(appFolder, 'dist')
const builder = fileURLToPath(new URL('./build-program.ts', import.meta.url))
const buildTimeoutMs = 120_000
/** What an interrupted build left is removed by a later one. */
const abandonedAfterMs = 10 * 60_000

/**
 * Loads the command line from the bundle. With `mayBuild`, a bundle that is missing or older than a source is built
 * first. Without a current bundle, and where none can be written, the sources are loaded.
 */
export async function loadProgram({ mayBuild }: { mayBuild: boolean }): Promise<CommandLine> {
  if (isBundleCurrent(bundleFolder) || (mayBuild && (await build()))) {
    // A stack names the sources. The map is read when the first one is printed.
    process.setSourceMapsEnabled(true)
    return import('#program')
  }
  return import('./command-line.ts')
}

/** Whether a file is what it was when the bundle was built. A file that is gone is not. */
export function inputOf(path: string): Input | undefined {
  const found = statSync(path, { throwIfNoEntry: false })
  return found === undefined ? undefined : { path, sizeBytes: found.size, changedMs: found.mtimeMs }
}

export function lineOf({ path, sizeBytes, changedMs }: Input): string {
  return `${sizeBytes} ${changedMs} ${path}`
}

/** Whether the bundle in a folder was built from the sources as they are now. */
export function isBundleCurrent(folder: string): boolean {
  try {
    const lines = readFileSync(join(folder, 'inputs.txt'), 'utf8').split('\n')
    return lines.every(line => {
      const now = inputOf(line.split(' ').slice(2).join(' '))
      return now !== undefined && lineOf(now) === line
    })
  } catch {
    return false
  }
}

/** Returns false where the bundle cannot be built, such as in a read-only installation. */
async function build(): Promise<boolean> {
  // Built beside and moved in: two servers starting together, or a kill half-way, leave no mixture behind.
  const fresh = join(appFolder, `dist.${process.pid}`)
  const old = `${fresh}.old`
  try {
    removeAbandoned()
    await runBuilder(fresh)
    await rename(bundleFolder, old).catch(() => undefined)
    await rename(fresh, bundleFolder).catch(() => undefined) // another server moved its own in
    return isBundleCurrent(bundleFolder)
  } catch (error) {
    process.stderr.write(`  The program starts from its sources, which takes longer: ${(error as Error).message}\n`)
    return false
  } finally {
    for (const folder of [fresh, old]) await rm(folder, { recursive: true, force: true }).catch(() => undefined)
  }
}

function removeAbandoned(): void {
  for (const name of readdirSync(appFolder)) {
    const path = join(appFolder, name)
    const isAbandoned = /^dist\.\d+/.test(name) && Date.now() - statSync(path).mtimeMs > abandonedAfterMs
    if (isAbandoned) rmSync(path, { recursive: true, force: true })
  }
}

function runBuilder(folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [builder, folder], {
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: buildTimeoutMs,
    })
    let output = ''
    child.stderr.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-4_000)
    })
    child.once('error', reject)
    child.once('close', code => (code === 0 ? resolve() : reject(new Error(output || 'the build was stopped'))))
  })
}

/**
 * The program as one bundle, made when its sources changed, as the web client is. A start reads a few files instead of
 * two thousand.
 */
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rebuild, runNode } from './rebuild.ts'

type CommandLine = Pick<typeof import('./command-line.ts'), 'runCommandLine'>

const appFolder = fileURLToPath(new URL('../', import.meta.url))
const bundleFolder = join(appFolder, 'dist')
const builder = fileURLToPath(new URL('./build-program.ts', import.meta.url))

/**
 * Loads the command line from the bundle. With `mayBuild`, a bundle that is missing or older than a source is built
 * first. Without a current bundle, and where none can be written, the sources are loaded.
 */
export async function loadProgram({ mayBuild }: { mayBuild: boolean }): Promise<CommandLine> {
  if (!isBundleCurrent(bundleFolder) && !(mayBuild && (await build()))) return import('./command-line.ts')
  // A stack names the sources.
  process.setSourceMapsEnabled(true)
  return import('#program')
}

/** A line of `inputs.txt`: size in bytes, time of the last change in Unix milliseconds, path. */
export function inputLine(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false })
  return found === undefined ? undefined : `${found.size} ${found.mtimeMs} ${path}`
}

/** Whether the bundle in a folder was built from the sources as they are now. */
export function isBundleCurrent(folder: string): boolean {
  try {
    const lines = readFileSync(join(folder, 'inputs.txt'), 'utf8').split('\n')
    return lines.every(line => inputLine(line.split(' ').slice(2).join(' ')) === line)
  } catch {
    return false
  }
}

/** Returns false where the bundle cannot be built, such as in a read-only installation. */
async function build(): Promise<boolean> {
  const isCurrent = () => isBundleCurrent(bundleFolder)
  try {
    await rebuild(bundleFolder, { isCurrent, build: fresh => runNode([builder, fresh], appFolder) })
  } catch (error) {
    process.stderr.write(`  The program starts from its sources, which takes longer: ${(error as Error).message}\n`)
  }
  return isCurrent()
}

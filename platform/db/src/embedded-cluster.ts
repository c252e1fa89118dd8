/** The files of the database: created once, completely or not at all, and checked before each start. */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Binaries } from './embedded-binaries.ts'
import { commandLine, giveTo, type Launcher, type User } from './embedded-launcher.ts'
import { workDirPrefix } from './embedded-remains.ts'

export const superuser = 'octet'

const passwordFile = 'octet.password'
const passwordBytes = 24
const initdbTimeoutMs = 120_000
const outputBytesMax = 16_384

/** The owner of the data directory; `undefined` when the directory does not exist yet. */
export async function ownerOf(dataDir: string): Promise<User | undefined> {
  const { uid, gid } = (await stat(dataDir).catch(() => undefined)) ?? {}
  return uid === undefined || gid === undefined ? undefined : { uid, gid }
}

/**
 * Creates the data directory `<dir>/data`. initdb works in a neighbouring directory, which is renamed once it is
 * complete and on disk. A kill at any time therefore leaves no data directory or a complete one. It uses checksums,
 * UTF-8 and the built-in C.UTF-8 locale, which does not change with the operating system. Every login needs SCRAM:
 * other users of the machine reach the port, but cannot log in.
 */
export async function createCluster(options: {
  dir: string
  binaries: Binaries
  launcher: Launcher
  durable: boolean
}): Promise<void> {
  const { dir, binaries, launcher, durable } = options
  const work = await mkdtemp(workDirPrefix(dir))
  const data = join(work, 'data')
  const password = join(work, passwordFile)
  await mkdir(data, { mode: 0o700 })
  await writeFile(password, randomBytes(passwordBytes).toString('base64url'), { mode: 0o600 })
  await giveTo(launcher, work)

  const args = ['-D', data, '-U', superuser, `--pwfile=${password}`, '--auth=scram-sha-256']
  args.push('--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8')
  args.push('--data-checksums', '--no-instructions')
  if (!durable) args.push('--no-sync')
  await runInitdb(launcher, ...commandLine(launcher, binaries.initdb, args))

  await rename(password, join(data, passwordFile))
  if (durable) for (const path of [join(data, passwordFile), data]) await sync(path)
  await rename(data, join(dir, 'data'))
  if (durable) await sync(dir)
  await rm(work, { recursive: true, force: true })
}

/** Throws when these programs cannot use the data directory; the message explains what to do. */
export async function checkCluster(dataDir: string, launcher: Launcher): Promise<void> {
  const made = (await readFile(join(dataDir, 'PG_VERSION'), 'utf8').catch(() => '')).trim()
  const major = launcher.version.split('.')[0]
  if (made === '') throw new Error(`${dataDir} is not a PostgreSQL data directory: move it away and start again.`)
  if (made !== major) {
    throw new Error(
      `${dataDir} was made by PostgreSQL ${made}; this is PostgreSQL ${launcher.version}, which cannot read it. ` +
        `Dump it with pg_dumpall of PostgreSQL ${made} and load the dump into a new data directory.`,
    )
  }
}

/** The superuser's password. */
export async function readPassword(dataDir: string): Promise<string> {
  const file = join(dataDir, passwordFile)
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch (cause) {
    throw new Error(`The database password cannot be read: ${(cause as Error).message}. Restore ${file}.`, { cause })
  }
}

async function runInitdb(launcher: Launcher, file: string, args: string[]): Promise<void> {
  const child = spawn(file, args, { ...launcher.spawnOptions, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream!.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-outputBytesMax)
    })
  }
  const ended = new Promise<string>(resolve => {
    child.once('error', error => resolve(error.message))
    child.once('close', (code, signal) => resolve(code === 0 ? '' : `ended with ${signal ?? code}`))
  })
  const timeout = new AbortController()
  const late = delay(initdbTimeoutMs, `took longer than ${initdbTimeoutMs} ms`, { signal: timeout.signal })
  const problem = await Promise.race([ended, late.catch(() => '')])
  timeout.abort()
  if (problem === '') return
  child.kill('SIGKILL')
  throw new Error(`Creating the database failed: initdb ${problem}:\n${output.trim()}`)
}

/** Flushes a file or a directory's entries to disk. */
async function sync(path: string): Promise<void> {
  if (process.platform === 'win32') return // directories cannot be opened there
  const handle = await open(path, 'r')
  await handle.sync().finally(() => handle.close())
}

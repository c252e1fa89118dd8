/** The folders of one test run, and the watchdog that removes them and kills their processes at its end. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, chmod, constants, mkdtemp, realpath, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Notice } from './watchdog.ts'

export interface RunFolders {
  /** On the disk: the temporary folders of the test files. Its path is short, for sockets that tests create in it. */
  readonly temporary: string
  /** In memory where there is room: the run's database, and compiled code. */
  readonly shared: string
  /** The output of each test file. The run removes it when all passed. */
  readonly logs: string
  /** Registers a session of the run until it ends. */
  own(session: number): void
  disown(session: number): void
  /** Kills the remaining processes of the run and removes its folders, but not the logs. */
  end(): Promise<void>
}

/** Linux's file system in memory. Copying a database of a thousand files there takes a tenth of the time. */
const memoryFolder = '/dev/shm'
const memoryBytesMin = 4 * 1024 ** 3

/** Creates the folders and starts the watchdog. */
export async function openRunFolders(): Promise<RunFolders> {
  const watchdog = spawn(process.execPath, [join(import.meta.dirname, 'watchdog.ts')], {
    // A separate session, so that Ctrl-C does not reach it.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  const notify = (notice: Notice) => void watchdog.stdin!.write(`${JSON.stringify(notice)}\n`)
  const make = async (parent: string, prefix: string) => await realpath(await mkdtemp(join(parent, prefix)))
  const temporary = await make(tmpdir(), 'octet-t-')
  notify({ folder: temporary })
  // Tests create folders in it that other users must reach.
  await chmod(temporary, 0o711)
  const shared = await make(await folderInMemory(), 'octet-tests-')
  notify({ folder: shared })
  return {
    temporary,
    shared,
    logs: await make(tmpdir(), 'octet-test-logs-'),
    own: session => notify({ session }),
    disown: session => notify({ session, isOver: true }),
    end: async () => await endOf(watchdog),
  }
}

async function endOf(watchdog: ChildProcess): Promise<void> {
  if (watchdog.exitCode !== null || watchdog.signalCode !== null) return
  const ended = once(watchdog, 'exit')
  watchdog.stdin!.end()
  await ended
}

async function folderInMemory(): Promise<string> {
  try {
    const { bavail, bsize } = await statfs(memoryFolder)
    if (bavail * bsize < memoryBytesMin) return tmpdir()
    await access(memoryFolder, constants.W_OK)
    return memoryFolder
  } catch {
    return tmpdir()
  }
}

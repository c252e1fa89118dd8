/**
 * Sends kill -9 during first starts, one after the other in one directory, so that each start finds the remains of the
 * last. `OCTET_FIRST_START_KILLS` sets how many kills come at random.
 */
import assert from 'node:assert/strict'
import { access, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { startEmbeddedPostgres } from '../src/embedded.ts'
import { sendSignal } from '../src/embedded-orphan.ts'
import { query, quiet, startChild, until } from './embedded-testing.ts'

const isLinux = process.platform === 'linux'
const kills = Number(process.env.OCTET_FIRST_START_KILLS ?? 4)
const goneMs = 5_000

/** The file that must exist for a kill at this point, in initdb's working directory or in the directory itself. */
const momentsInWork = { 'initdb has begun': 'data', 'the bootstrap runs': 'data/base/1', 'it copies': 'data/base/4' }
const momentsAfter = { 'the data directory is whole': 'data', 'PostgreSQL starts': 'data/postmaster.pid' }

suite('kill -9 in the first start', { skip: isLinux ? false : 'NOT CHECKED: looks for processes in /proc' }, () => {
  let base: string
  let dir: string
  let creatingMs: number

  before(async () => {
    base = await mkdtemp(join(tmpdir(), 'octet-first-start-'))
    dir = join(base, 'postgres')
  })

  after(() => rm(base, { recursive: true, maxRetries: 5 }))

  for (const [name, path] of Object.entries(momentsAfter)) {
    test(`when ${name}: the next start leaves no remains`, async t => {
      await startAndKill(t, async () => {
        const startedAt = performance.now()
        await until(() => exists(dir, path))
        creatingMs = performance.now() - startedAt
      })
      await startsClean()
    })
  }

  test('while initdb works: each start removes the remains of the killed one before it', async t => {
    for (const path of Object.values(momentsInWork)) {
      await startAndKill(t, async () => {
        await until(async () => {
          const [work, ...others] = await workDirs(dir)
          return work !== undefined && others.length === 0 && (await exists(dir, join(work, path)))
        })
      })
    }
    await startsClean()
  })

  test('while initdb is suspended: the next start ends it', async t => {
    await startAndKill(t, async () => {
      await until(async () => (await initdbOf(dir)) !== undefined)
      const group = (await initdbOf(dir))!
      t.after(() => sendSignal(-group, 'SIGKILL'))
      process.kill(-group, 'SIGSTOP')
      // A stop takes effect when the process runs next; the interrupt of a killed server could come before it.
      await until(async () => / T /.test(await readFile(`/proc/${group}/stat`, 'utf8')))
    })
    assert.notEqual(await initdbOf(dir), undefined, 'it outlives its server')
    await startsClean()
  })

  test(`${kills} times at random: the next start leaves no remains`, { timeout: kills * 30_000 }, async t => {
    for (let round = 1; round <= kills; round++) {
      await startAndKill(t, async () => await delay(Math.random() * creatingMs))
      // A late kill comes after the database was created; remove it so that the next rounds are first starts again.
      if (await exists(dir, 'data')) await startsClean()
    }
    await startsClean()
  })

  /** Kills a first start once it is about to create the database and `moment` has come. */
  async function startAndKill(t: TestContext, moment: () => Promise<void>): Promise<void> {
    const child = startChild(dir)
    t.after(() => child.kill())
    await child.told(fact => fact.step === 'Creating the database')
    await moment()
    await child.kill()
  }

  /** Starts on the remains, checks that the database serves and that nothing else is left, and removes it. */
  async function startsClean(): Promise<void> {
    const server = await startEmbeddedPostgres({ dir, log: quiet, durable: false })
    try {
      assert.equal((await query(server.url, sql => sql`select 1 as n`))[0]?.n, 1)
      assert.deepEqual(await workDirs(dir), [])
    } finally {
      await server.stop()
    }
    await until(async () => (await processesNaming(dir)).length === 0, goneMs).catch(() => undefined)
    assert.deepEqual(await processesNaming(dir), [])
    await rm(dir, { recursive: true })
  }
})

async function workDirs(dir: string): Promise<string[]> {
  return (await readdir(dir).catch(() => [])).filter(name => name.startsWith('initdb-'))
}

async function exists(dir: string, path: string): Promise<boolean> {
  return await access(join(dir, path)).then(
    () => true,
    () => false,
  )
}

/** The process group of the running initdb in `dir`. */
async function initdbOf(dir: string): Promise<number | undefined> {
  const isInitdb = (command: string) => command.split('\0')[0]?.endsWith('/initdb')
  return (await processesNaming(dir)).find(({ command }) => isInitdb(command))?.pid
}

/** Processes whose command line contains a path in `dir`. */
async function processesNaming(dir: string): Promise<{ pid: number; command: string }[]> {
  const pids = (await readdir('/proc')).map(Number).filter(pid => pid > 0)
  const commands = pids.map(async pid => ({
    pid,
    command: await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''),
  }))
  return (await Promise.all(commands)).filter(({ command }) => command.includes(dir))
}

